/** A piece of a Markdown text, in the order of the text. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'item'; marker: string; depth: number; text: string }
  | { kind: 'code'; lines: readonly string[] }
  | { kind: 'table'; rows: readonly (readonly string[])[] }
  | { kind: 'quote'; text: string };

/** Parts a text into blocks: what the texts of the course use of CommonMark, and tables. Comments are left out. */
export function blocksOf(source: string): Block[] {
  const lines = source
    .replaceAll('\r\n', '\n')
    .replace(/<!--[\s\S]*?-->/g, '')
    .split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) at = readBlock(lines, at, blocks);
  return blocks;
}

/** Reads what begins at the line, and returns the line behind it. */
function readBlock(lines: readonly string[], at: number, blocks: Block[]): number {
  const line = lines[at] ?? '';
  const fence = /^ {0,3}(```|~~~)/.exec(line)?.[1];
  if (fence !== undefined) return readCode(lines, at, fence, blocks);
  const heading = /^(#{1,6}) +(.+?)[ #]*$/.exec(line);
  if (heading) {
    blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' });
    return at + 1;
  }
  if (/^\|.*\|\s*$/.test(line)) return readTable(lines, at, blocks);
  if (line.trim() !== '') readText(line, lines[at - 1] ?? '', blocks);
  return at + 1;
}

function readCode(lines: readonly string[], at: number, fence: string, blocks: Block[]): number {
  let end = at + 1;
  while (end < lines.length && !(lines[end] ?? '').trim().startsWith(fence)) end++;
  blocks.push({ kind: 'code', lines: lines.slice(at + 1, end) });
  return end + 1;
}

function readTable(lines: readonly string[], at: number, blocks: Block[]): number {
  const rows: string[][] = [];
  let end = at;
  for (; /^\|.*\|\s*$/.test(lines[end] ?? ''); end++) {
    const cells = (lines[end] ?? '')
      .trim()
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    if (!cells.every((cell) => /^:?-+:?$/.test(cell))) rows.push(cells);
  }
  blocks.push({ kind: 'table', rows });
  return end;
}

/** A list item, a quotation, or text: a new paragraph after an empty line, else more of what was before. */
function readText(line: string, previous: string, blocks: Block[]): void {
  const item = /^( *)([-*+]|\d+[.)]) +(.*)$/.exec(line);
  if (item) {
    const [, indent = '', sign = '-', text = ''] = item;
    const marker = /\d/.test(sign) ? sign : '-';
    blocks.push({ kind: 'item', marker, depth: indent.length >= 2 ? 1 : 0, text });
    return;
  }
  const quote = /^> ?(.*)$/.exec(line);
  const last = blocks.at(-1);
  const continues = previous.trim() !== '';
  if (quote) {
    if (last?.kind === 'quote' && continues) last.text += ` ${quote[1]}`;
    else blocks.push({ kind: 'quote', text: quote[1] ?? '' });
  } else if (continues && (last?.kind === 'paragraph' || last?.kind === 'item' || last?.kind === 'quote'))
    last.text += joined(last.text, line.trim());
  else blocks.push({ kind: 'paragraph', text: line.trim() });
}

/** Chinese lines are joined without a space. */
function joined(before: string, after: string): string {
  return /[\p{Script=Han}，。、；：？！）」]$/u.test(before) && /^[\p{Script=Han}（「]/u.test(after)
    ? after
    : ` ${after}`;
}
