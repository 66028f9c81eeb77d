/** A run of text in one style. */
export interface Span {
  style: 'plain' | 'strong' | 'emphasis' | 'code' | 'address';
  text: string;
}

/** Parts a paragraph into spans: `code`, **strong**, *emphasis*, [text](address) as text and address, and bare addresses. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) spans.push(plain(text.slice(at, match.index)));
    spans.push(...styled(match.groups ?? {}));
    at = match.index + match[0].length;
  }
  if (at < text.length) spans.push(plain(text.slice(at)));
  return spans;
}

/** Emphasis needs no space inside its stars, as in CommonMark, so that `2 * 3 * 4` stays what it is. */
const pattern =
  /(?<ticks>`+)(?<code>.+?)\k<ticks>|\*\*(?<strong>\S|\S.*?\S)\*\*|(?<![\w*])[*_](?<emphasis>[^\s*_]|[^\s*_].*?[^\s*])[*_](?![\w*])|!?\[(?<label>[^\]]+)\]\((?<target>[^)\s]+)\)|<(?<link>https?:[^>\s]+)>|(?<bare>https?:\/\/[^\s)>]*[^\s)>.,;:])/gu;

type Groups = Record<string, string | undefined>;

function styled({ code, strong, emphasis, label, target, link, bare }: Groups): Span[] {
  if (code !== undefined) return [{ style: 'code', text: code.replace(/^ (.+) $/, '$1') }];
  if (strong !== undefined) return [{ style: 'strong', text: strong }];
  if (emphasis !== undefined) return [{ style: 'emphasis', text: emphasis }];
  const address = target ?? link ?? bare ?? '';
  if (label === undefined || label === address) return [{ style: 'address', text: address }];
  return [plain(`${label} (`), { style: 'address', text: address }, plain(')')];
}

function plain(text: string): Span {
  return { style: 'plain', text: text.replace(/\\([\\`*_[\]<>#])/g, '$1') };
}
