/** Shows a piece of a text that is longer than the terminal. */
export interface Pager {
  top(): void;
  /** Keys as a terminal sends them. */
  press(keys: string): void;
  /** What to write so that the terminal shows the piece; the last row says whether there is more. */
  frame(lines: readonly string[], size: { rows: number }): string;
}

/** A pager that begins at the top. */
export function createPager(): Pager {
  let first = 0;
  let step = 10;
  return {
    top() {
      first = 0;
    },
    press(keys) {
      if (keys === '\x1b[A' || keys === '\x1bOA' || keys === 'k') first -= 1;
      else if (keys === '\x1b[B' || keys === '\x1bOB' || keys === 'j') first += 1;
      else if (keys === '\x1b[5~' || keys === 'b') first -= step;
      else if (keys === '\x1b[6~' || keys === ' ') first += step;
      else if (keys === 'g' || keys === '\x1b[H') first = 0;
      else if (keys === 'G' || keys === '\x1b[F') first = Number.MAX_SAFE_INTEGER;
    },
    frame(lines, { rows }) {
      const fits = lines.length <= rows;
      const height = fits ? rows : rows - 1;
      step = Math.max(1, height - 2);
      first = Math.max(0, Math.min(first, lines.length - height));
      const piece = lines.slice(first, first + height);
      const rest = lines.length - first - piece.length;
      const more = rest > 0 ? `-- ${rest} more lines below --` : '-- end --';
      const all = fits ? piece : [...piece, more];
      return `\x1b[?25l\x1b[H${all.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`;
    },
  };
}
