/**
 * Columns that a terminal gives a text: two for wide East Asian characters, none for combining marks (Unicode UAX #11, as wcwidth
 * has it), one for others.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const sign of text) columns += columnsOfSign(sign);
  return columns;
}

/** True for signs between which a line may be broken without a space: Chinese and Japanese, not Korean. */
export function isIdeograph(sign: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(sign);
}

/** Signs that must not begin a line. */
export function isClosing(sign: string): boolean {
  return '。，、；：？！）」』》】〉”’…'.includes(sign);
}

/** Signs that must not end a line. */
export function isOpening(sign: string): boolean {
  return '（「『《【〈“‘'.includes(sign);
}

function columnsOfSign(sign: string): number {
  const code = sign.codePointAt(0) ?? 0;
  if (code < 0x0300) return 1;
  if (/\p{Mark}|\u200b|\u200d|\ufeff/u.test(sign)) return 0;
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];
