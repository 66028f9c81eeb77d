import { formatYaml, parseYaml } from '../../lib/yaml.ts';
import { CheckFailure } from '../check-failure.ts';
import type { Lab } from '../lab.ts';
import { askProxy } from './ask-proxy.ts';
import { type Look, until } from './until.ts';

/** What a node's proxy says of its mode. */
export interface ProxyState {
  /** Its configuration file, on the node. */
  config: string;
  asked: { mode: string; scheduler: string };
  /** What it runs; undefined while it begins. */
  mode: string | undefined;
  pending: boolean;
  /** Why it does not run what was asked for. */
  why: string | undefined;
}

/** Reads the proxy's state from a node's shell. Throws CheckFailure where no proxy answers. */
export async function proxyState(lab: Lab, node: string): Promise<ProxyState> {
  const state = read((await askProxy(lab, node, 'configz')) ?? '');
  if (state) return state;
  throw new CheckFailure({
    expected: `a proxy on ${node} that tells its mode`,
    observed: 'no answer at its metrics port',
    look: 'workshop proxy status',
  });
}

/**
 * Sets mode and scheduler in the configuration file of a node's proxy, and waits until it has taken them up, or something in
 * their place.
 */
export async function askForMode(
  lab: Lab,
  node: string,
  mode: string,
  scheduler?: string,
): Promise<ProxyState> {
  const { config } = await proxyState(lab, node);
  const { stdout } = await lab.onNode(node, ['cat', config]);
  const before = parseYaml(stdout, config) as Record<string, unknown>;
  const section = before[mode] as object | undefined;
  const after = { ...before, mode, ...(scheduler && { [mode]: { ...section, scheduler } }) };
  await lab.onNode(node, ['sh', '-c', write, 'sh', config, formatYaml(after)]);
  return until(
    lab,
    async (): Promise<Look<ProxyState>> => {
      const state = await proxyState(lab, node);
      const taken = state.asked.mode === mode && (!scheduler || state.asked.scheduler === scheduler);
      if (taken && !state.pending) return { found: state };
      return { yet: `mode ${state.mode}, asked for ${state.asked.mode}` };
    },
    { expected: `the proxy of ${node} to take up mode ${mode}`, look: 'workshop proxy status' },
  );
}

/** Does something while a node's proxy is asked to run a mode; it has its own back afterwards, whatever happens. */
export async function whileAsked<T>(
  lab: Lab,
  node: string,
  mode: string,
  work: (state: ProxyState) => Promise<T>,
): Promise<T> {
  const { asked } = await proxyState(lab, node);
  try {
    return await work(await askForMode(lab, node, mode));
  } finally {
    await askForMode(lab, node, asked.mode, asked.mode === 'userspace' ? undefined : asked.scheduler);
  }
}

function read(text: string): ProxyState | undefined {
  if (!text.trim().startsWith('{')) return undefined;
  const { takeover, 'proxy.workshop': flags } = JSON.parse(text) as Configz;
  return takeover && { config: flags?.config ?? '', ...takeover };
}

interface Configz {
  'proxy.workshop'?: { config?: string };
  takeover?: Omit<ProxyState, 'config'>;
}

/** The proxy watches the file, and must never see half of it. */
const write = `printf '%s' "$2" >"$1.new" && mv "$1.new" "$1"`;
