/** One measured figure. */
export interface Row {
  figure: string;
  value: number;
  unit: 's' | 'ms' | 'MB' | '%' | 'x' | '/s';
  /** The most it should be (the least for `/s`), in the same unit. */
  target?: number;
  /** What the figure is held against in the same run: name and value, same unit. */
  peer?: { name: string; value: number };
}

/** True when the figure reaches its target, or has none. */
export function reached(row: Row): boolean {
  if (row.target === undefined) return true;
  return row.unit === '/s' ? row.value >= row.target : row.value <= row.target;
}

/** A Markdown table of the rows. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const target =
      row.target === undefined ? '' : `${row.unit === '/s' ? '≥' : '≤'} ${format(row.target, row.unit)}`;
    const peer = row.peer ? `${row.peer.name}: ${format(row.peer.value, row.unit)}` : '';
    return `| ${row.figure} | ${format(row.value, row.unit)} | ${target} | ${reached(row) ? 'yes' : 'no'} | ${peer} |`;
  });
  return [
    '| figure | measured | to reach | reached | beside it |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function format(value: number, unit: Row['unit']): string {
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`;
}

/** A table with the rows of a later one in place of those of the same figures; what is new comes last. Pure. */
export function merged(before: string, later: string): string {
  const rows = new Map([...rowsOf(before), ...rowsOf(later)]);
  return [...later.split('\n').slice(0, headLines), ...rows.values()].join('\n');
}

/** Lines of a table by their first cell. */
function rowsOf(text: string): [string, string][] {
  return text
    .split('\n')
    .slice(headLines)
    .map((line) => [line.split('|')[1]?.trim() ?? '', line]);
}

const headLines = 2;
