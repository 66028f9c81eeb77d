/**
 * The tag of an image reference: `latest` when it has neither tag nor digest, empty when it has only a digest or is
 * no reference at all (grammar of github.com/distribution/reference, pkg/util/parsers ParseImageName).
 */
export function tagOf(image: string): string {
  const [, path = '', tag = '', digest] = reference.exec(withoutDomain(image)) ?? [];
  if (path === '') return '';
  return tag || (digest === undefined ? 'latest' : '');
}

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const reference = new RegExp(`^(${part}(?:/${part})*)(?::(\\w[\\w.-]{0,127}))?(?:@(${digest}))?$`);

/** A first part is a registry when it has a dot, a port or a capital in it, or is `localhost`. */
function withoutDomain(image: string): string {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  if (slash < 0 || !(/[.:A-Z]/.test(first) || first === 'localhost')) return image;
  return domain.test(first) ? image.slice(slash + 1) : '';
}

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const domain = new RegExp(`^${label}(?:\\.${label})*(?::[0-9]+)?$`);
