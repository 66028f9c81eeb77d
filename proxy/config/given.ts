import { WorkshopError } from '../../lib/errors.ts';
import { parseLooseCidr } from '../../lib/ip.ts';

/** What was given by flags and files, and ways to read it that say where a wrong value stands. */
export interface Given {
  text(flag: string): string;
  on(flag: string): boolean;
  /** Throws WorkshopError `usage` unless the condition holds. */
  check(condition: boolean, flag: string, why: string, advice?: string): void;
  wrong(flag: string, why: string, advice?: string): WorkshopError;
  /** A comma-separated list of networks. */
  cidrs(flag: string): string[];
  /** Go's notation of times, in milliseconds. */
  duration(flag: string): number;
}

/**
 * Reads values by flag. Its functions throw WorkshopError `usage`, which names the value as the user has written it (`nameOf`).
 */
export function given(
  values: Readonly<Record<string, string | boolean>>,
  nameOf: (flag: string) => string,
): Given {
  const text = (flag: string) => String(values[flag] ?? '');
  const wrong = (flag: string, why: string, advice = 'proxy --help') =>
    new WorkshopError('usage', `could not use ${nameOf(flag)}: ${why}`, { advice });
  const check = (condition: boolean, flag: string, why: string, advice?: string) => {
    if (!condition) throw wrong(flag, why, advice);
  };
  return {
    text,
    on: (flag) => values[flag] === true,
    check,
    wrong,
    cidrs(flag) {
      const parts = partsOf(text(flag));
      for (const part of parts) {
        check(isCidr(part), flag, `not a network: ${part}`, 'something like 172.16.0.0/16');
      }
      return parts;
    },
    duration(flag) {
      const ms = milliseconds(text(flag));
      check(ms !== undefined, flag, `not a time: ${text(flag)}`, '30s, 500ms or 1m30s');
      return ms ?? 0;
    },
  };
}

function partsOf(list: string): string[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isCidr(text: string): boolean {
  try {
    parseLooseCidr(text);
    return true;
  } catch {
    return false;
  }
}

function milliseconds(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const whole = parts.map(([part]) => part).join('');
  if (text !== '0' && (whole !== text || text === '')) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
