import { get } from 'node:http';
import { connect } from 'node:net';
import { run } from '../../lib/exec.ts';
import type { Client } from '../../lib/kube/client.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Node, Wire } from '../../lib/kube/types.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { enter } from '../network/build.ts';
import type { Readiness } from './component.ts';

/** True when the component does its work. Never throws. */
export async function isReady(readiness: Readiness, client: Client): Promise<boolean> {
  try {
    switch (readiness.kind) {
      case 'running':
        return true;
      case 'apiserver':
        return (await client.raw('/readyz', { signal: AbortSignal.timeout(2000) })).startsWith('ok');
      case 'node':
        return (await listens(readiness.address, kubeletPort)) && (await nodeReady(client, readiness.node));
      case 'http':
        return (await statusOf(readiness.url)) === 200;
    }
  } catch {
    return false;
  }
}

const kubeletPort = 10_250;

/** The Node object alone may still tell of an agent that has ended. */
function listens(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 2000 });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('timeout', () => resolve(false));
  }).finally(() => socket.destroy());
}

async function nodeReady(client: Client, name: string): Promise<boolean> {
  const node = await client.get<Wire<V1Node>>(
    resources.nodes,
    { name },
    { signal: AbortSignal.timeout(2000) },
  );
  const ready = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready === true && node.spec?.podCIDR !== undefined;
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).on('timeout', () => request.destroy(new Error('silent')));
  });
}

/** True when the cluster's DNS answers on every node, asked at its virtual IP. Never throws. */
export async function dnsAnswers({ nodes, network }: Settings): Promise<boolean> {
  const question = [
    'busybox',
    'nslookup',
    '-type=a',
    `kubernetes.default.svc.${network.domain}`,
    network.dns,
  ];
  const answers = await Promise.all(
    nodes.map(async ({ name }) => {
      const [program, ...args] = [...enter(name), ...question];
      const { exitCode } = await run(program, args, { timeoutMs: 2000, okCodes: [0, 1] });
      return exitCode === 0;
    }),
  ).catch(() => [false]);
  return answers.every(Boolean);
}
