import type { Command, CommandEntry, FlagSpecs } from './command.ts';
import { globalFlags } from './flags.ts';

/** The text of `workshop --help`. */
export function overview(entries: readonly CommandEntry[]): string {
  const shown = entries.filter(({ hidden }) => !hidden);
  return `${[
    'A workshop on Kubernetes Services.',
    '',
    'Usage: workshop COMMAND [FLAG…]',
    '',
    'Commands:',
    ...columns(shown.map(({ name, summary }) => [name, summary])),
    '',
    'Flags of every command:',
    ...columns(flagRows(globalFlags)),
    '',
    'Every flag can be given as an environment variable, for example WORKSHOP_NAME for --name.',
    'Examples and flags of one command: workshop help COMMAND',
  ].join('\n')}\n`;
}

/** The text of `workshop COMMAND --help`. */
export function commandHelp({ name, summary }: CommandEntry, command: Command): string {
  const usage = command.usage.map((line, index) =>
    `${index === 0 ? 'Usage: ' : '       '}workshop ${name} ${line}`.trimEnd(),
  );
  const flags = flagRows(command.flags);
  const examples = command.examples.map(({ command: line, does }) => [line, does] as const);
  return `${[
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...(command.description ? ['', command.description] : []),
    '',
    ...usage,
    ...(examples.length > 0 ? ['', 'Examples:', ...columns(examples)] : []),
    ...(flags.length > 0 ? ['', 'Flags:', ...columns(flags)] : []),
    '',
    'Flags of every command:',
    ...columns(flagRows(globalFlags)),
  ].join('\n')}\n`;
}

function flagRows(flags: FlagSpecs): [string, string][] {
  return Object.entries(flags).map(([name, { short, value, summary, type }]) => {
    const long = type === 'string' ? `--${name} ${value ?? 'TEXT'}` : `--${name}`;
    return [`${short ? `-${short}, ` : '    '}${long}`, summary];
  });
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
