import { hostname } from 'node:os';
import { familyOf } from '../lib/ip.ts';
import { readCommandLine } from './config/command-line.ts';
import { type ConfigFile, readConfigFile } from './config/config-file.ts';
import { type Given, given } from './config/given.ts';
import { flags } from './flags.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan-of.ts';

/** The command line and the configuration file, checked. All times in milliseconds. */
export interface Options {
  readonly action: 'run' | 'cleanup' | 'dry-run' | 'help' | 'version';
  /** The configuration file, whose changes are taken up. */
  readonly config: string | undefined;
  /** Fields of that file which are set and have no effect here. */
  readonly unusedFields: readonly string[];
  readonly kubeconfig: string;
  readonly nodeName: string;
  readonly plan: Plan;
  readonly endpointsApi: 'auto' | 'slices' | 'endpoints';
  readonly healthz: Address | undefined;
  readonly metrics: Address | undefined;
  /** Overrides the node's primary address; undefined when unspecified (0.0.0.0, ::). */
  readonly bindAddress: string | undefined;
  readonly tcpBeLiberal: boolean;
  readonly verbosity: number;
  readonly argv: readonly string[];
  /** What was said on the command line and in the file, by flag name, defaults put in: for `/configz`. */
  readonly values: Readonly<Record<string, string | boolean>>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the command line, and the file that `--config` names, whose values win. Throws WorkshopError `usage` that names the flag or
 * the field at fault.
 */
export function parseOptions(argv: readonly string[]): Options {
  const line = readCommandLine(argv);
  const config = typeof line['config'] === 'string' && line['config'] !== '' ? line['config'] : undefined;
  const file = config === undefined ? noFile : readConfigFile(config);
  const values = { ...defaults(), ...line, ...file.values } as Record<string, string | boolean>;
  const all = given(values, (flag) => nameOf(flag, config, file));
  const { text, on, check } = all;
  const action = actionOf(on);
  const needsApi = action === 'run' || action === 'dry-run';
  check(!needsApi || text('kubeconfig') !== '', 'kubeconfig', 'a file is needed');
  const bindAddress = text('bind-address');
  check(familyOf(bindAddress) !== undefined, 'bind-address', `not an IP address: ${bindAddress}`);
  return {
    action,
    config,
    unusedFields: file.unused,
    kubeconfig: text('kubeconfig'),
    nodeName: (text('hostname-override') || hostname()).trim().toLowerCase(),
    plan: planOf(all),
    endpointsApi: endpointsApi(all),
    healthz: address(all, 'healthz-bind-address'),
    metrics: address(all, 'metrics-bind-address'),
    bindAddress: ['0.0.0.0', '::'].includes(bindAddress) ? undefined : bindAddress,
    tcpBeLiberal: on('conntrack-tcp-be-liberal'),
    verbosity: Number(text('v')) || 0,
    argv,
    values,
  };
}

const noFile: ConfigFile = { values: {}, fieldOf: new Map(), unused: [] };

function defaults(): Record<string, string | boolean> {
  return Object.fromEntries(
    flags.flatMap(({ name, byDefault }) => (byDefault === undefined ? [] : [[name, byDefault]])),
  );
}

/** Where a value came from, to stand behind "could not use". */
function nameOf(flag: string, config: string | undefined, { fieldOf }: ConfigFile): string {
  const field = fieldOf.get(flag);
  return field === undefined ? `--${flag}` : `the field ${field} of ${config}`;
}

function actionOf(on: (name: string) => boolean): Options['action'] {
  return (['help', 'version', 'cleanup', 'dry-run'] as const).find(on) ?? 'run';
}

function endpointsApi({ text, wrong }: Given): Options['endpointsApi'] {
  const name = text('endpoints-api');
  const found = (['auto', 'slices', 'endpoints'] as const).find((one) => one === name);
  if (!found) throw wrong('endpoints-api', `no such API: ${name}`, 'auto, slices or endpoints');
  return found;
}

function address({ text, check }: Given, flag: string): Address | undefined {
  const value = text(flag);
  if (value === '' || value === '""') return undefined;
  const [, v6, v4, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(value) ?? [];
  const host = v6 ?? v4 ?? '';
  const good = familyOf(host) !== undefined && Number(port) < 65_536;
  check(good, flag, `not an address and port: ${value}`, '127.0.0.1:10249');
  return { host, port: Number(port) };
}
