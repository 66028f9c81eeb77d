import type { Backend } from '../../lib/cluster/cluster.ts';
import { readVagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import { loadSettings } from '../../lib/settings/load.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { labelFault } from '../../lib/settings/shape.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Context } from './command.ts';
import type { Terminal } from './command-line.ts';
import { usageError } from './failure.ts';
import { parseDuration } from './flags.ts';
import { createOutput } from './output.ts';
import type { ParsedLine } from './parse.ts';
import { createProgress } from './progress.ts';

/** Everything a command gets, from a parsed command line. Settings are read when they are first asked for. */
export function createContext(
  line: ParsedLine,
  { stdout, stderr, env }: Terminal,
  signal: AbortSignal,
): Context {
  const { flags } = line;
  const color = !flags['no-color'] && !env['NO_COLOR'] && stderr.isTTY === true;
  const quiet = flags['quiet'] === true;
  let settings: Settings | undefined;
  return {
    ...line,
    out: createOutput(stdout),
    progress: createProgress({ stream: stderr, quiet, color, live: stderr.isTTY === true && !env['CI'] }),
    json: flags['json'] === true,
    verbose: flags['verbose'] === true,
    quiet,
    color,
    env,
    signal,
    timeoutMs:
      text(flags['timeout']) === undefined ? undefined : parseDuration(String(flags['timeout']), 'timeout'),
    get settings() {
      settings ??= loadSettings(text(flags['settings']));
      return settings;
    },
    get name() {
      const usual = () => nameOn(backendOf(flags['backend']) ?? 'sandbox', this.settings.cluster.name);
      return clusterName(text(flags['name']) ?? usual());
    },
    get backend() {
      const file = clusterPaths(this.name, stateFolder(env)).record;
      return backendOf(flags['backend']) ?? (readVagrantRecord(file) ? 'vagrant' : 'sandbox');
    },
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const backends = ['sandbox', 'vagrant'] as const;

function backendOf(value: unknown): Backend | undefined {
  if (value === undefined || backends.some((known) => known === value)) return value as Backend | undefined;
  throw usageError(
    `--backend "${value}" is none of ${backends.join(', ')}${didYouMean(String(value), backends)}`,
  );
}

/** A cluster of virtual machines and a sandbox of the same settings stand side by side. */
function nameOn(backend: Backend, name: string): string {
  return backend === 'vagrant' ? `${name}-vagrant` : name;
}

function clusterName(name: string): string {
  const fault = labelFault(name);
  if (fault !== undefined) throw new WorkshopError('usage', `could not use the cluster name: ${fault}`);
  return name;
}
