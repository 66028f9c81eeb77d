/** An amount in thousandths, so that `100m` is whole. */
export interface Quantity {
  milli: bigint;
  format: 'decimal' | 'binary' | 'exponent';
}

const decimal = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * Reads `500m`, `0.5`, `64Mi` or `1e3`; undefined when it is none. Finer than a thousandth is rounded up, as
 * Kubernetes does for resources (k8s.io/apimachinery/pkg/api/resource).
 */
export function parseQuantity(text: string): Quantity | undefined {
  const [, sign = '', whole = '', fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?((?:[EPTGMk]|[EPTGMK]i|[num])?|[eE][+-]?\d+)$/.exec(text) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const scale = scaleOf(suffix);
  const digits = BigInt(`${whole}${fraction}`) * 1000n * scale.times;
  const milli = divideUp(digits, 10n ** BigInt(fraction.length) * scale.parts);
  return { milli: sign === '-' ? -milli : milli, format: scale.format };
}

function scaleOf(suffix: string): { times: bigint; parts: bigint; format: Quantity['format'] } {
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  if (exponent !== undefined) return { ...powerOfTen(Number(exponent)), format: 'exponent' };
  const two = binary.indexOf(suffix);
  if (two > 0) return { times: 1024n ** BigInt(two), parts: 1n, format: 'binary' };
  const small = ['', 'm', 'u', 'n'].indexOf(suffix);
  if (small > 0) return { ...powerOfTen(-3 * small), format: 'decimal' };
  return { ...powerOfTen(3 * decimal.indexOf(suffix)), format: 'decimal' };
}

function powerOfTen(exponent: number): { times: bigint; parts: bigint } {
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? { times: 1n, parts: power } : { times: power, parts: 1n };
}

function divideUp(amount: bigint, parts: bigint): bigint {
  return (amount + parts - 1n) / parts;
}

/** The canonical text: the largest suffix that leaves no fraction, as Kubernetes stores it. */
export function formatQuantity({ milli, format }: Quantity): string {
  if (milli % 1000n !== 0n) return `${milli}m`;
  const amount = milli / 1000n;
  const [step, suffixes] = format === 'binary' && amount >= 1024n ? [1024n, binary] : [1000n, decimal];
  let [rest, index] = [amount, 0];
  while (rest !== 0n && rest % step === 0n && index < suffixes.length - 1)
    [rest, index] = [rest / step, index + 1];
  if (format === 'exponent') return index === 0 ? `${rest}` : `${rest}e${3 * index}`;
  return `${rest}${suffixes[index]}`;
}

/** Brings amounts into canonical form, in place; what is no quantity stays. */
export function canonicalize<T extends object>(amounts: T | undefined, ...names: (keyof T & string)[]): void {
  if (!amounts) return;
  for (const name of names) {
    const quantity = parseQuantity(String(amounts[name]));
    if (quantity) Object.assign(amounts, { [name]: formatQuantity(quantity) });
  }
}
