/** How often each name occurs, most frequent first, then by name. */
export function tally(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}

/**
 * The first place where a sequence is no strict rotation over `size` names: every run of `size` answers names all of them, in
 * the same order each time. Undefined when it is one.
 */
export function rotationBreak(sequence: readonly string[], size: number): number | undefined {
  const first = sequence.slice(0, size);
  for (const [index, name] of sequence.entries()) {
    const fits = index < size ? first.indexOf(name) === index : name === sequence[index - size];
    if (!fits) return index;
  }
  return undefined;
}

/**
 * Pearson's test: the probability that a fair choice deviates from evenness at least as much as these counts do.
 * Takes one count for each choice, zeros too.
 */
export function fairnessP(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length < 2 || total === 0) return 1;
  const expected = total / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return upperGamma((counts.length - 1) / 2, chiSquare / 2);
}

/** The regularized upper incomplete gamma function Q(a, x) (Numerical Recipes §6.2: series below a + 1, continued fraction above). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 1000 && term > sum * 1e-16; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Lentz's method. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let result = d;
  for (let i = 1; i < 1000; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return result;
}

/** Lanczos' approximation, g = 5 (Numerical Recipes §6.1). */
function logGamma(x: number): number {
  const series = lanczos.reduce((sum, coefficient, i) => sum + coefficient / (x + 1 + i), 1.00000000019001);
  const shifted = x + 5.5;
  return (x + 0.5) * Math.log(shifted) - shifted + Math.log((Math.sqrt(2 * Math.PI) * series) / x);
}

const lanczos = [
  76.1800917294715, -86.5053203294168, 24.0140982408309, -1.23173957245016, 0.00120865097386618,
  -0.0000053952393849534,
];
