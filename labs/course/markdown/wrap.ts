import type { Span } from './inline.ts';
import { columnsOf, isClosing, isIdeograph, isOpening } from './width.ts';

/** Breaks spans into lines of at most `width` columns: at spaces, between ideographs, and inside a word only where it must. */
export function wrapSpans(spans: readonly Span[], width: number): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const unit of unitsOf(spans).flatMap((whole) => split(whole, width))) {
    const gap = unit.space !== undefined && used > 0 ? 1 : 0;
    if (used > 0 && used + gap + unit.columns > width) {
      lines.push([]);
      used = 0;
    } else if (gap > 0 && unit.space) {
      put(lines.at(-1) ?? [], unit.space);
      used += gap;
    }
    for (const span of unit.spans) put(lines.at(-1) ?? [], span);
    used += unit.columns;
  }
  return lines;
}

/** What stays on one line: a word with the signs around it, whatever their styles, or one ideograph. */
interface Unit {
  /** The space before it, in the style that it has. */
  space: Span | undefined;
  spans: Span[];
  columns: number;
}

function unitsOf(spans: readonly Span[]): Unit[] {
  const units: Unit[] = [];
  let current: Unit | undefined;
  let space: Span | undefined;
  let previous = ' ';
  for (const { style, text } of spans) {
    for (const sign of text.replace(/\s+/g, ' ')) {
      if (sign === ' ') {
        space = { style, text: ' ' };
        current = undefined;
      } else {
        if (current === undefined || breaksBefore(sign, previous)) {
          current = { space, spans: [], columns: 0 };
          units.push(current);
        }
        space = undefined;
        put(current.spans, { style, text: sign });
        current.columns += columnsOf(sign);
      }
      previous = sign;
    }
  }
  return units;
}

function breaksBefore(sign: string, previous: string): boolean {
  if (isClosing(sign) || isOpening(previous)) return false;
  return isIdeograph(sign) || isIdeograph(previous) || isClosing(previous);
}

/** A word longer than a line, in pieces. */
function split(unit: Unit, width: number): Unit[] {
  if (unit.columns <= width) return [unit];
  const pieces: Unit[] = [];
  let piece: Unit | undefined;
  for (const { style, text } of unit.spans) {
    for (const sign of text) {
      const columns = columnsOf(sign);
      if (piece === undefined || piece.columns + columns > width) {
        piece = { space: piece === undefined ? unit.space : undefined, spans: [], columns: 0 };
        pieces.push(piece);
      }
      put(piece.spans, { style, text: sign });
      piece.columns += columns;
    }
  }
  return pieces;
}

/** Spans of one style that follow each other become one again. */
function put(line: Span[], { style, text }: Span): void {
  const last = line.at(-1);
  if (last?.style === style) last.text += text;
  else line.push({ style, text });
}
