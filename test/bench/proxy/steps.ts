import { writeFileSync } from 'node:fs';
import { run } from '../../../lib/exec.ts';
import { keyOf } from '../../../lib/kube/informer.ts';
import { silentLog } from '../../../lib/log.ts';
import { createDriver } from '../../../proxy/driver.ts';
import { nodeRecord, serviceRecord, sliceRecord } from '../../../proxy/model/from-kube.ts';
import { Store } from '../../../proxy/model/store.ts';
import { modeTable } from '../../../proxy/modes.ts';
import { parseOptions } from '../../../proxy/options.ts';
import { rehearse } from '../../../proxy/rehearsal.ts';
import { node } from '../../proxy/objects.ts';
import { generated, sliceOf } from './objects.ts';

/**
 * Run inside a network namespace: a first full sync of the given mode and size, then single changes, then the bare `nft -f` or
 * `iptables-restore` of the same table. Prints the times in milliseconds as JSON.
 */
const mode = process.argv[2] === 'iptables' ? 'iptables' : 'nftables';
const [services = 0, endpoints = 0] = process.argv.slice(3).map(Number);
const flags = ['--kubeconfig', 'none', '--cluster-cidr', '10.0.0.0/8', '--proxy-mode', mode];
const { plan } = parseOptions(flags);
// As the process does while lists are on their way.
await rehearse(plan, new Promise(() => {}));
const store = new Store('node-0');
store.setNode(nodeRecord(node({ name: 'node-0', addresses: ['192.168.56.11'] }) as never));
for (const [plural, object] of generated(services, endpoints)) {
  if (plural === 'services') store.setService(keyOf(object), serviceRecord(object as never));
  else store.setSlice(keyOf(object), sliceRecord(object as never));
}
const signal = new AbortController().signal;
const driver = createDriver('IPv4', store, modeTable[mode].create('IPv4', plan, silentLog), silentLog);

const timed = async (task: () => Promise<unknown>) => {
  const started = performance.now();
  await task();
  return performance.now() - started;
};

store.take();
const cpuBefore = process.cpuUsage();
const full = await timed(() =>
  driver.sync({ all: true, services: new Set(), triggeredAt: [] }, true, signal),
);
const cpu = process.cpuUsage(cpuBefore);
const changes: number[] = [];
for (let i = 0; i < 40; i++) {
  const object = sliceOf((i * 37) % services, endpoints, 0, 1 + (i % 3));
  changes.push(
    await timed(async () => {
      store.setSlice(keyOf(object), sliceRecord(object as never));
      await driver.sync(store.take(), false, signal);
    }),
  );
}
const rss = process.memoryUsage().rss;
const text = modeTable[mode].text('IPv4', plan, store.node, [...driver.units()]);
const file = `/tmp/bench-${process.pid}.rules`;
const load = mode === 'iptables' ? ['iptables-restore', '--noflush', file] : ['nft', '-f', file];
const [program = '', ...args] = load;
writeFileSync(file, text);
const bare: number[] = [];
for (let i = 0; i < 2; i++) {
  await run('nft', ['flush', 'ruleset']);
  bare.push(await timed(() => run(program, args, { timeoutMs: 300_000 })));
}
await run('rm', [file]);
changes.sort((a, b) => a - b);
const at = (share: number) => changes[Math.floor(changes.length * share)];
process.stdout.write(
  JSON.stringify({
    full,
    bare: Math.min(...bare),
    median: at(0.5),
    p99: at(0.99),
    rss,
    cpu: (cpu.user + cpu.system) / 1000,
    bytes: text.length,
  }),
);
