/**
 * A small cluster in namespaces of its own: an API server and two nodes, each with its agent. Started by cluster.ts, which
 * reads one line of JSON from it. usage: inside.ts ROOT_DIR
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../../lib/exec.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { V1Node, Wire } from '../../../lib/kube/types.ts';
import { waitFor } from '../../../lib/wait.ts';
import { issue } from '../../../sandbox/pki/authority.ts';
import { startApi } from '../apiserver/start-api.ts';

type Node = Wire<V1Node>;
const nodes = [
  { name: 'worker-node01', address: '192.168.56.11', podCidr: '172.16.1.0/24' },
  { name: 'worker-node02', address: '192.168.56.12', podCidr: '172.16.2.0/24' },
];
const root = process.argv[2] ?? '';

await run('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
await run('ip', ['-batch', '-'], {
  input: `${[
    'netns add worker-node01',
    'netns add worker-node02',
    'link set lo up',
    'link add lan0 type bridge',
    'link set lan0 up',
    'addr add 192.168.56.10/24 dev lan0',
    ...nodes.flatMap(({ name }, i) => [
      `link add node${i} master lan0 type veth peer name eth0 netns ${name}`,
      `link set node${i} up`,
    ]),
  ].join('\n')}\n`,
});
for (const { name, address } of nodes) {
  await run('ip', ['-n', name, '-batch', '-'], {
    input: `link set lo up\naddr add ${address}/24 dev eth0\nlink set eth0 up\n`,
  });
  await run('ip', ['netns', 'exec', name, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward']);
}

const api = await startApi({ address: '192.168.56.10' });
const agents = new Map<string, ChildProcess>();

async function startAgent({ name, address }: (typeof nodes)[number]): Promise<void> {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const pair = await issue(api.authority, { commonName: `system:node:${name}`, names: [name, address] });
  writeFileSync(join(folder, 'ca.crt'), api.authority.cert);
  writeFileSync(join(folder, 'tls.crt'), pair.cert);
  writeFileSync(join(folder, 'tls.key'), pair.key);
  const log = openSync(join(folder, 'agent.log'), 'a');
  const flags = [
    ...['--kubeconfig', await api.kubeconfigFor(`system:node:${name}`, ['system:nodes'])],
    ...['--node-name', name, '--node-ip', address, '--root-dir', join(folder, 'state')],
    ...['--tls-cert-file', join(folder, 'tls.crt'), '--tls-private-key-file', join(folder, 'tls.key')],
    ...['--client-ca-file', join(folder, 'ca.crt')],
  ];
  const child = spawn(
    'nsenter',
    [
      `--net=/run/netns/${name}`,
      '--',
      process.execPath,
      '--import',
      'tsx',
      'sandbox/main.ts',
      'node',
      ...flags,
    ],
    { stdio: ['ignore', log, log] },
  );
  closeSync(log);
  agents.set(name, child);
}

await Promise.all(nodes.map(startAgent));
for (const { name, podCidr } of nodes) {
  await waitFor(() => api.client.get<Node>(resources.nodes, { name }), { what: name, timeoutMs: 20_000 });
  await api.client.patch(
    resources.nodes,
    { name },
    { spec: { podCIDR: podCidr, podCIDRs: [podCidr] } },
    { type: 'merge' },
  );
}
process.stdout.write(`${JSON.stringify({ socket: api.socket, kubeconfig: api.kubeconfig })}\n`);

// Commands, one a line: `kill NODE` ends the agent of a node without warning and starts another; `restart api` ends the API
// server and starts it again over the same data.
for await (const line of createInterface({ input: process.stdin })) {
  const [verb, name] = line.split(' ');
  if (verb === 'restart') await api.restart();
  const node = nodes.find((candidate) => candidate.name === name);
  if (verb === 'kill' && node) {
    const child = agents.get(node.name);
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await gone;
    await startAgent(node);
  }
  process.stdout.write('done\n');
}
await api.close();
process.exit(0);
