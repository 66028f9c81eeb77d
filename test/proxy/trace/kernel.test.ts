import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { waitFor } from '../../../lib/wait.ts';
import { removeTraceRules, traceRules, watcherScript } from '../../../proxy/trace/mark.ts';
import { type Hop, parseTrace, traceText } from '../../../proxy/trace/parse.ts';

const flow = { from: undefined, to: '127.0.0.2', port: 81, protocol: 'tcp' } as const;

const nat = `table ip t {
  chain n {
    type nat hook output priority -100;
    ip daddr 127.0.0.2 tcp dport 81 dnat to 127.0.0.1:82
  }
}`;

describe('following a packet in the kernel', function () {
  this.timeout(20_000);
  let watcher: ChildProcess;
  const hops: Hop[] = [];

  /** Runs a command where the watcher is: in namespaces of its own. */
  async function inside(command: string[], input = ''): Promise<string> {
    const at = ['-U', '--preserve-credentials', '-n', '-t', String(watcher.pid), '--'];
    return (await run('nsenter', [...at, ...command], { input, okCodes: [0, 1] })).stdout;
  }

  before(async () => {
    // The watcher knows the text of rules that were there before it.
    const script = `ip link set lo up\nnft -f - <<end\n${nat}\nend\n${watcherScript}`;
    const program = [
      '--user',
      '--map-root-user',
      '--net',
      'sh',
      '-c',
      script,
      'sh',
      removeTraceRules(flow, '7'),
    ];
    watcher = spawn('unshare', program, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (watcher.stdout) {
      createInterface({ input: watcher.stdout }).on('line', (line) =>
        hops.push(...[parseTrace(line) ?? []].flat()),
      );
    }
    await waitFor(async () => (await inside(['ip', 'addr', 'show', 'lo'])).includes('127.0.0.1'), {
      what: 'the namespaces',
      timeoutMs: 5000,
    });
  });

  after(() => watcher.kill('SIGKILL'));

  it('reports each rule that the first packet meets, and leaves no table behind when its input ends', async () => {
    await inside(['nft', '-f', '-'], traceRules(flow, '7'));
    await waitFor(
      async () => {
        await inside(['busybox', 'nc', '-w', '1', flow.to, String(flow.port)]);
        return hops.some(({ text }) => text.includes('dnat to 127.0.0.1:82'));
      },
      { what: 'a report', timeoutMs: 10_000, intervalMs: 200 },
    );
    expect(traceText(hops)).to.match(/^packet 127\.0\.0\.1:\d+ -> 127\.0\.0\.2:81 \(oif lo\)\n/);
    expect(await inside(['nft', 'list', 'tables'])).to.include('workshop-proxy-trace-7');
    const ended = once(watcher, 'close');
    const keeper = spawn('nsenter', [
      ...['-U', '--preserve-credentials', '-n', '-t', String(watcher.pid), '--'],
      ...['sh', '-c', 'echo; cat >/dev/null; nft list tables'],
    ]);
    await once(keeper.stdout, 'data');
    watcher.stdin?.end();
    await ended;
    let left = '';
    keeper.stdout.on('data', (data) => {
      left += data;
    });
    const over = once(keeper, 'close');
    keeper.stdin.end();
    await over;
    expect(left.trim()).to.equal('table ip t');
  });
});
