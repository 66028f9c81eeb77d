/** Where results go. */
export interface Output {
  /** Writes the text and a line end. */
  line(text?: string): void;
  /** Writes the text as it is. */
  write(text: string): void;
  /** Writes a value as indented JSON. */
  json(value: unknown): void;
}

/** Results on a stream, usually standard output. */
export function createOutput(stream: { write(text: string): unknown }): Output {
  return {
    line: (text = '') => void stream.write(`${text}\n`),
    write: (text) => void stream.write(text),
    json: (value) => void stream.write(`${JSON.stringify(value, null, 2)}\n`),
  };
}

/** Rows in columns as kubectl prints them: three spaces between, headings in capitals. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   '))
    .map((line) => line.trimEnd())
    .join('\n');
}
