import type { Backend } from '../../lib/cluster/cluster.ts';
import type { Environment } from '../../lib/paths.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import type { Output } from './output.ts';
import type { Progress } from './progress.ts';

export interface FlagSpec {
  type: 'string' | 'boolean';
  summary: string;
  /** One letter. */
  short?: string;
  multiple?: boolean;
  /** Name of the value in help texts, for example `FILE`. */
  value?: string;
  default?: string | boolean;
}

export type FlagSpecs = Readonly<Record<string, FlagSpec>>;
export type FlagValues = Readonly<Record<string, string | boolean | string[] | undefined>>;

/** A command as its own file exports it; imported only when it is run or asked about. */
export interface Command {
  /** Lines behind `workshop NAME`, for example `[LAB|CLAIM…] [--all]`. */
  usage: readonly string[];
  /** Longer explanation, shown by `workshop help NAME`. */
  description?: string;
  examples: readonly { command: string; does: string }[];
  flags: FlagSpecs;
  /** True when the terminal belongs to a program it starts: Ctrl-C is that one's affair. */
  interactive?: boolean;
  /** Resolves with the exit code; undefined is 0. Throws WorkshopError for what the user has to know. */
  run(context: Context): Promise<number | undefined>;
}

/** The registry's line for a command: enough for `workshop --help`. */
export interface CommandEntry {
  name: string;
  summary: string;
  /** Not shown in help. */
  hidden?: boolean;
  load(): Promise<Command>;
}

/** Everything a command gets from outside. */
export interface Context {
  /** Words that are not flags. */
  args: readonly string[];
  flags: FlagValues;
  /** What follows `--`. */
  rest: readonly string[];
  /** Results, on stdout. */
  out: Output;
  /** What is going on, on stderr. */
  progress: Progress;
  /** `--json`: results as JSON, nothing else on stdout. */
  json: boolean;
  verbose: boolean;
  quiet: boolean;
  color: boolean;
  /**
   * Name of the cluster: `--name`, else WORKSHOP_NAME, else after the file of `--kubeconfig`, else the settings' cluster.name, with
   * `-vagrant` for virtual machines.
   */
  name: string;
  /** `--backend`, or that of `--kubeconfig`, else what the cluster of that name is, else the sandbox. */
  backend: Backend;
  /** `--timeout` in milliseconds, if given. */
  timeoutMs: number | undefined;
  settings: Settings;
  env: Environment;
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
}
