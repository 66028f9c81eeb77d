import type { Environment } from '../../lib/paths.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Command, CommandEntry } from './command.ts';
import { commands } from './commands.ts';
import { createContext } from './context.ts';
import { usageError } from './failure.ts';
import { globalFlags } from './flags.ts';
import { commandHelp, overview } from './help.ts';
import { type Interruptible, interruptible } from './interrupt.ts';
import { createOutput } from './output.ts';
import { findCommandWord, type ParsedLine, parseLine } from './parse.ts';
import { report } from './report.ts';

/** What the command line touches of its process. */
export interface Terminal {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown; isTTY?: boolean };
  env: Environment;
}

/** Runs `workshop ARGV…` and resolves with its exit code (see lib/errors.ts). Never throws for a user's mistake. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  const interrupt = interruptible();
  try {
    return await dispatch(argv, terminal, interrupt);
  } catch (error) {
    if (interrupt.exitCode() !== undefined) terminal.stderr.write('interrupted\n');
    else return report(error, argv, terminal);
  } finally {
    interrupt.release();
  }
  return interrupt.exitCode() ?? 0;
}

async function dispatch(
  argv: readonly string[],
  terminal: Terminal,
  interrupt: Interruptible,
): Promise<number> {
  const out = createOutput(terminal.stdout);
  const at = findCommandWord(argv);
  const word = at === -1 ? undefined : argv[at];
  if (word === undefined) {
    const { flags } = parseLine(argv, globalFlags, terminal.env);
    out.write(overview(commands));
    return flags['help'] || argv.length === 0 ? 0 : 2;
  }
  const others = argv.filter((_, index) => index !== at);
  if (word === 'help') return help(others, out.write);
  const entry = entryOf(word);
  const command = await entry.load();
  const line = parseLine(
    others,
    { ...globalFlags, ...command.flags },
    terminal.env,
    `workshop ${entry.name}`,
  );
  if (line.flags['help']) {
    out.write(commandHelp(entry, command));
    return 0;
  }
  if (command.interactive) interrupt.release();
  return runOne(command, line, terminal, interrupt.signal);
}

async function runOne(
  command: Command,
  line: ParsedLine,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const context = createContext(line, terminal, signal);
  const code = await command.run(context);
  signal.throwIfAborted();
  return code ?? 0;
}

async function help(words: readonly string[], write: (text: string) => void): Promise<number> {
  const [name] = words.filter((word) => !word.startsWith('-'));
  if (name === undefined) {
    write(overview(commands));
    return 0;
  }
  const entry = entryOf(name);
  write(commandHelp(entry, await entry.load()));
  return 0;
}

function entryOf(word: string): CommandEntry {
  const entry = commands.find(({ name }) => name === word);
  if (entry) return entry;
  const known = commands.filter(({ hidden }) => !hidden).map(({ name }) => name);
  throw usageError(`there is no command "${word}"${didYouMean(word, [...known, 'help'])}`, 'workshop --help');
}
