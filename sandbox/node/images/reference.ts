/** An image's name in full. */
export interface ImageReference {
  /** `docker.io/library/busybox` */
  repository: string;
  tag: string;
}

/** Completes an image's name as Docker does; undefined when it is malformed. */
export function parseImage(text: string): ImageReference | undefined {
  const [, name = '', tag, digest] =
    /^([a-z0-9][a-zA-Z0-9._/:-]*?)(?::([\w][\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/.exec(text) ?? [];
  if (name === '' || name.includes('//') || name.endsWith('/')) return undefined;
  return { repository: inFull(name), tag: tag ?? (digest ? digest.slice(1) : 'latest') };
}

function inFull(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0) return `docker.io/library/${name}`;
  const isRegistry = /[.:]/.test(first) || first === 'localhost';
  if (!isRegistry) return `docker.io/${name}`;
  return first === 'docker.io' && rest.length === 1 ? `docker.io/library/${rest[0]}` : name;
}
