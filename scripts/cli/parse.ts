import { parseArgs } from 'node:util';
import type { Environment } from '../../lib/paths.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { FlagSpecs, FlagValues } from './command.ts';
import { usageError } from './failure.ts';
import { globalFlags } from './flags.ts';

export interface ParsedLine {
  args: string[];
  rest: string[];
  flags: FlagValues;
}

/** Where the command's name is: the first word that is neither a flag nor a global flag's value; -1 if there is none. */
export function findCommandWord(argv: readonly string[]): number {
  const { tokens } = parseArgs({
    args: [...argv],
    options: optionsOf(globalFlags),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens.find(({ kind }) => kind === 'positional')?.index ?? -1;
}

/**
 * Reads words and flags; a flag that is not given is taken from the environment as WORKSHOP_<FLAG>, then from its default.
 * Throws WorkshopError `usage` for an unknown flag, a missing or an unwanted value.
 */
export function parseLine(
  argv: readonly string[],
  specs: FlagSpecs,
  env: Environment,
  help = 'workshop',
): ParsedLine {
  const { tokens } = parseArgs({
    args: [...argv],
    options: optionsOf(specs),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags: Record<string, string | boolean | string[] | undefined> = fromEnvironment(specs, env);
  const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? argv.length;
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const spec = specs[name];
    if (!spec) throw unknownFlag(rawName, specs, help);
    if (spec.type === 'boolean' && value !== undefined) throw usageError(`${rawName} takes no value`);
    if (spec.type === 'string' && value === undefined) throw usageError(`${rawName} needs a value`);
    if (spec.multiple) flags[name] = [...((flags[name] as string[] | undefined) ?? []), String(value)];
    else flags[name] = value ?? true;
  }
  const words = tokens.filter((token) => token.kind === 'positional');
  return {
    flags,
    args: words.filter(({ index }) => index < end).map(({ value }) => value),
    rest: words.filter(({ index }) => index > end).map(({ value }) => value),
  };
}

function optionsOf(specs: FlagSpecs) {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short !== undefined && { short }), ...(multiple && { multiple }) },
    ]),
  );
}

function unknownFlag(rawName: string, specs: FlagSpecs, help: string) {
  const known = Object.keys(specs).map((name) => `--${name}`);
  return usageError(`there is no flag ${rawName}${didYouMean(rawName, known)}`, `${help} --help`);
}

function fromEnvironment(specs: FlagSpecs, env: Environment): Record<string, string | boolean | string[]> {
  const values: Record<string, string | boolean | string[]> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const text = env[`WORKSHOP_${name.toUpperCase().replaceAll('-', '_')}`];
    if (text !== undefined && text !== '') {
      if (spec.type === 'boolean') values[name] = !['0', 'false', 'no'].includes(text);
      else values[name] = text;
    } else if (spec.default !== undefined) values[name] = spec.default;
  }
  return values;
}
