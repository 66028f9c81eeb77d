import { parseArgs } from 'node:util';
import { WorkshopError } from '../../lib/errors.ts';
import { suggest } from '../../lib/suggest.ts';
import { type Flag, flags } from '../flags.ts';

/** Values by flag name, as text, or true for a switch. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** Reads the command line, defaults not put in. Throws WorkshopError `usage` for what is no flag, or lacks its value. */
export function readCommandLine(argv: readonly string[]): Values {
  const options = Object.fromEntries(flags.map((flag) => [flag.name, { type: typeOf(flag) }]));
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens ?? []) {
    if (token.kind === 'positional') {
      throw usage(`could not use the word "${token.value}": only flags are expected`);
    }
    if (token.kind === 'option' && !flags.some(({ name }) => name === token.name))
      throw unknownFlag(token.rawName);
  }
  try {
    return parseArgs({ args: [...argv], options }).values as Values;
  } catch (error) {
    throw usage(`could not read the command line: ${String((error as Error).message).split('.')[0]}`);
  }
}

function typeOf({ kind }: Flag) {
  return kind === 'switch' ? ('boolean' as const) : ('string' as const);
}

function usage(message: string, advice = 'proxy --help'): WorkshopError {
  return new WorkshopError('usage', message, { advice });
}

function unknownFlag(raw: string): WorkshopError {
  const given = raw.replace(/^-+/, '');
  const near = suggest(
    given,
    flags.map(({ name }) => name),
  );
  const advice = near === undefined ? 'proxy --help' : `--${near}; did you mean that`;
  return usage(`could not use ${raw}: no such flag`, advice);
}
