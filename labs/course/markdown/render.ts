import { styleText } from 'node:util';
import { type Block, blocksOf } from './blocks.ts';
import { type Span, spansOf } from './inline.ts';
import { columnsOf } from './width.ts';
import { wrapSpans } from './wrap.ts';

export interface RenderOptions {
  /** Columns of the terminal; texts take at most 100 of them. */
  width: number;
  color: boolean;
}

/** A Markdown text for a terminal. Without colour, headings have their #, code its backquotes: nothing hangs on colour. */
export function renderMarkdown(source: string, options: RenderOptions): string {
  const width = Math.max(20, Math.min(options.width, 100));
  const lines: string[] = [];
  let before: Block | undefined;
  for (const block of blocksOf(source)) {
    if (before && !(before.kind === 'item' && block.kind === 'item')) lines.push('');
    lines.push(...linesOf(block, { ...options, width }));
    before = block;
  }
  return lines.join('\n');
}

function linesOf(block: Block, options: RenderOptions): string[] {
  switch (block.kind) {
    case 'heading': {
      const sign = options.color ? '' : `${'#'.repeat(block.level)} `;
      return flow([{ style: 'strong', text: block.text }], sign, sign.replace(/./g, ' '), options);
    }
    case 'paragraph':
      return flow(spansOf(block.text), '', '', options);
    case 'item': {
      const first = `${'  '.repeat(block.depth + 1)}${block.marker} `;
      return flow(spansOf(block.text), first, ' '.repeat(first.length), options);
    }
    case 'quote':
      return flow(spansOf(block.text), '> ', '> ', options);
    case 'code':
      return block.lines.flatMap((line) => codeLines(line, options));
    case 'table':
      return tableLines(block.rows);
  }
}

function flow(spans: readonly Span[], first: string, other: string, options: RenderOptions): string[] {
  const quoted = spans.map((span) => (span.style === 'code' ? codeSpan(span, options.color) : span));
  const lines = wrapSpans(quoted, options.width - columnsOf(first));
  return lines.map((line, index) => {
    const text = line.map((span) => paint(span.text, span.style, options)).join('');
    return (index === 0 ? first : other) + text;
  });
}

function codeSpan(span: Span, color: boolean): Span {
  return color ? span : { style: 'code', text: `\`${span.text}\`` };
}

/** A line that is too long goes on below, further in. */
function codeLines(line: string, options: RenderOptions): string[] {
  const rows = [''];
  for (const sign of line) {
    const row = rows.at(-1) ?? '';
    if (columnsOf(row + sign) > options.width - 6) rows.push(sign);
    else rows[rows.length - 1] = row + sign;
  }
  return rows.map((row, index) =>
    `${index === 0 ? '    ' : '      '}${paint(row, 'code', options)}`.trimEnd(),
  );
}

const styles = { strong: 'bold', emphasis: 'italic', code: 'cyan', address: 'underline' } as const;

function paint(text: string, style: Span['style'], { color }: RenderOptions): string {
  if (!color || style === 'plain' || text === '') return text;
  return styleText(styles[style], text, { validateStream: false });
}

function tableLines(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) => {
    return Math.max(...rows.map((row) => columnsOf(row[i] ?? '')));
  });
  return rows.map((row) => {
    const cells = widths.map((width, i) => (row[i] ?? '') + ' '.repeat(width - columnsOf(row[i] ?? '')));
    return `  ${cells.join('   ')}`.trimEnd();
  });
}
