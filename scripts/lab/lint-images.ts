import type { LintFinding } from './lint.ts';

/** Images that may be another one tomorrow: without tag and digest, or with the tag `latest`. */
export function imageFindings(files: readonly { where: string; text: string }[]): LintFinding[] {
  return files.flatMap(({ where, text }) =>
    [...text.matchAll(/^\s*(?:- )?image: *['"]?([a-z0-9][\w./:@-]*)['"]?,?\s*$/gm)]
      .map(([, image = '']) => image)
      .filter((image) => !isPinned(image))
      .map((image) => ({ where, rule: 'image' as const, message: `the image ${image} is not pinned` })),
  );
}

function isPinned(image: string): boolean {
  if (image.includes('@sha256:')) return true;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag !== undefined && tag !== 'latest';
}
