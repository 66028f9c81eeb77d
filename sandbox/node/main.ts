import { readFileSync } from 'node:fs';
import { WorkshopError } from '../../lib/errors.ts';
import { createClient } from '../../lib/kube/client.ts';
import { loadKubeconfig } from '../../lib/kube/credentials.ts';
import { processLog } from '../../lib/log.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { type AgentSettings, runAgent } from './agent.ts';

/**
 * The node agent: runs the pods of one node. Ends with SIGTERM or SIGINT; the containers go on.
 * Throws WorkshopError `usage` for wrong flags.
 */
export async function main(argv: string[]): Promise<void> {
  const settings = parseFlags(argv);
  const abort = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => abort.abort());
  const log = processLog().with({ component: 'node', node: settings.nodeName });
  const client = createClient(loadKubeconfig(settings.kubeconfig));
  try {
    await runAgent({ settings, client, log, signal: abort.signal });
  } finally {
    client.close();
  }
  // Sessions of exec and attach may still be open; they end with this process.
  process.exit(0);
}

interface Flags extends AgentSettings {
  kubeconfig: string;
}

const failure = 'could not start the node agent';

const text = { type: 'string' } as const;
const options = {
  kubeconfig: text,
  'node-name': text,
  'node-ip': text,
  'root-dir': text,
  'cluster-dns': { ...text, default: '172.17.0.10' },
  'cluster-domain': { ...text, default: 'cluster.local' },
  'tls-cert-file': text,
  'tls-private-key-file': text,
  'client-ca-file': text,
  'node-labels': { ...text, default: '' },
  'register-with-taints': { ...text, default: '' },
  coredns: text,
} as const;

function parseFlags(argv: string[]): Flags {
  const { values } = readFlags(argv, options, { failure });
  const need = (name: 'kubeconfig' | 'node-name' | 'node-ip' | 'root-dir'): string => {
    const value = values[name];
    if (value) return value;
    throw new WorkshopError('usage', `${failure}: --${name} is missing`);
  };
  const files = [values['tls-cert-file'], values['tls-private-key-file'], values['client-ca-file']];
  const [cert, key, clientCa] = files.map((file) => file && readFileSync(file, 'utf8'));
  return {
    kubeconfig: need('kubeconfig'),
    nodeName: need('node-name'),
    nodeAddress: need('node-ip'),
    rootDir: need('root-dir'),
    dns: { server: values['cluster-dns'], domain: values['cluster-domain'] },
    tls: cert && key && clientCa ? { cert, key, clientCa } : undefined,
    labels: parseLabels(values['node-labels']),
    taints: parseTaints(values['register-with-taints']),
    coredns: values.coredns,
  };
}

function parseLabels(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(pairs.map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']));
}

function parseTaints(text: string): { key: string; value?: string; effect: string }[] {
  return text.split(',').flatMap((taint) => {
    const [, key = '', value, effect = ''] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(taint) ?? [];
    return key === '' ? [] : [{ key, effect, ...(value && { value }) }];
  });
}
