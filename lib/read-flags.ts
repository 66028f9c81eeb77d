import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf, WorkshopError } from './errors.ts';
import { didYouMean } from './suggest.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What `parseArgs` makes of a command line with these options and with words. */
export type Given<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>
>;

/** What is said when the flags are wrong: what could not be done, and what to type instead of `one of` the flags. */
export interface Reading {
  /** The sentence's beginning: "could not start the DNS server". */
  readonly failure: string;
  /** What to try; without it, the flags there are. */
  readonly advice?: string;
  /** True when words other than flags are expected. */
  readonly words?: boolean;
}

/**
 * Reads the flags of a program that is no command of `workshop`. Returns `parseArgs`' values and words. Throws WorkshopError
 * `usage` for an unknown flag, with the one that was probably meant, for a missing or unwanted value, and for a word too many.
 */
export function readFlags<O extends Options>(
  argv: readonly string[],
  options: O,
  { failure, advice, words = false }: Reading,
): Given<O> {
  const args = [...argv];
  const known = Object.keys(options).map((name) => `--${name}`);
  const fail = (why: string) =>
    new WorkshopError('usage', `${failure}: ${why}`, { advice: advice ?? `one of ${known.join(', ')}` });
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional' && !words) throw fail(`only flags are expected, not "${token.value}"`);
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue;
    throw fail(`there is no flag ${token.rawName}${didYouMean(token.rawName, known)}`);
  }
  try {
    return parseArgs({ args, options, allowPositionals: true }) as Given<O>;
  } catch (error) {
    // "Option '--port <value>' argument missing", and sometimes a second sentence on how to write it.
    throw fail(messageOf(error).split(/\.?\n|\. /)[0] ?? '');
  }
}
