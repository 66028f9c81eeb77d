import type { Backend } from '../../lib/cluster/cluster.ts';
import { nameOfKubeconfig } from '../../lib/cluster/kubeconfig/name.ts';
import { readKubeconfigRecord } from '../../lib/cluster/kubeconfig/record.ts';
import { readVagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import { loadSettings } from '../../lib/settings/load.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { labelFault } from '../../lib/settings/shape.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Context, FlagValues } from './command.ts';
import type { Terminal } from './command-line.ts';
import { usageError } from './failure.ts';
import { parseDuration, text } from './flags.ts';
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
      const backend = backendOf(flags);
      return clusterName(text(flags['name']) ?? nameOn(backend ?? 'sandbox', flags, () => this.settings));
    },
    get backend() {
      const file = clusterPaths(this.name, stateFolder(env)).record;
      return backendOf(flags) ?? recordedBackend(file);
    },
  };
}

const backends = ['sandbox', 'vagrant', 'kubeconfig'] as const;

function backendOf({ backend: value, kubeconfig }: FlagValues): Backend | undefined {
  const backend = backends.find((known) => known === value);
  if (value !== undefined && backend === undefined) {
    throw usageError(
      `--backend "${value}" is none of ${backends.join(', ')}${didYouMean(String(value), backends)}`,
    );
  }
  if (kubeconfig === undefined) return backend;
  if (backend === undefined || backend === 'kubeconfig') return 'kubeconfig';
  throw usageError(
    `--kubeconfig means a cluster that runs already, --backend ${backend} one that the workshop makes`,
    'one of the two, and a look at WORKSHOP_BACKEND',
  );
}

function recordedBackend(file: string): Backend {
  if (readVagrantRecord(file)) return 'vagrant';
  return readKubeconfigRecord(file) ? 'kubeconfig' : 'sandbox';
}

/** A cluster of virtual machines and a sandbox of the same settings stand side by side. */
function nameOn(backend: Backend, { kubeconfig }: FlagValues, settings: () => Settings): string {
  if (backend === 'kubeconfig') {
    if (typeof kubeconfig === 'string') return nameOfKubeconfig(kubeconfig);
    throw usageError('--backend kubeconfig needs a cluster', '--kubeconfig FILE');
  }
  const { name } = settings().cluster;
  return backend === 'vagrant' ? `${name}-vagrant` : name;
}

function clusterName(name: string): string {
  const fault = labelFault(name);
  if (fault !== undefined) throw new WorkshopError('usage', `could not use the cluster name: ${fault}`);
  return name;
}
