import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { waitFor } from '../../../lib/wait.ts';
import { loadTerminals, spawnTerminal } from '../../../sandbox/node/runtime/terminal.ts';
import { outcome, startCluster, type TestCluster } from './cluster.ts';

const onNode = JSON.stringify({ spec: { nodeName: 'worker-node01', terminationGracePeriodSeconds: 1 } });

describe('kubectl through the node agent', function () {
  this.timeout(30_000);
  let cluster: TestCluster;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'streams-'));
    cluster = await startCluster();
    await cluster.createPod('web', {
      containers: [
        { name: 'web', image: 'nginx:1.27', readinessProbe: { tcpSocket: { port: 80 } } },
        {
          name: 'talker',
          image: 'busybox',
          command: ['sh', '-c', 'echo one; echo two; echo three; sleep 1000'],
        },
      ],
    });
    await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/web', '--timeout=10s']);
  });

  after(async () => {
    await cluster?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('exec: output, errors, input and exit code', async () => {
    const exec = ['exec', '-i', 'web', '-c', 'talker', '--', 'sh', '-c', 'cat; echo problem >&2; exit 42'];
    const result = await outcome(cluster.kubectl(exec, { input: 'given\n' }));
    expect(result.stdout).to.equal('given\n');
    expect(result.stderr)
      .to.match(/^problem\n/)
      .and.match(/command terminated with exit code 42/);
    expect(result.exitCode).to.equal(42);
  });

  it('exec: a command that is not there fails with 127', async () => {
    const result = await outcome(cluster.kubectl(['exec', 'web', '-c', 'talker', '--', 'nosuch']));
    expect(result.exitCode).to.equal(127);
  });

  it('exec: a container that is not there is refused', async () => {
    const result = await outcome(cluster.kubectl(['exec', 'web', '-c', 'nosuch', '--', 'true']));
    expect(result.stderr).to.include('nosuch');
    expect(result.exitCode).to.equal(1);
  });

  it('exec -it: a real terminal with the size of the own one', async () => {
    const { output, exitCode } = await typed(
      cluster,
      ['exec', '-it', 'web', '-c', 'talker', '--', 'sh'],
      // The size comes in a message of its own, beside the keys.
      [
        'until stty size | grep -q "^33 "101; do sleep 0.1; done\r',
        'echo it is $(stty size)\r',
        'echo $((40+2))\r',
        'exit 3\r',
      ],
    );
    expect(output, JSON.stringify(output)).to.include('it is 33 101').and.include('\n42');
    expect(exitCode).to.equal(3);
  });

  it('exec -it: all that a program wrote, however much it is and though it ends at once', async () => {
    const { output, exitCode } = await typed(
      cluster,
      ['exec', '-it', 'web', '-c', 'talker', '--', 'seq', '1', '20000'],
      [],
    );
    expect(output.match(/\d+\r\n/g)?.length).to.equal(20000);
    expect(exitCode).to.equal(0);
  });

  it('run -it --rm: attaches to a shell and takes its exit code over', async () => {
    const args = [
      'run',
      '-it',
      '--rm',
      'debug',
      '--image=docker.io/busybox',
      '--restart=Never',
      `--overrides=${onNode}`,
      '--',
      'sh',
    ];
    const { output, exitCode } = await typed(cluster, args, ['echo $((40+2))\r', 'exit 4\r']);
    expect(output).to.include('\n42').and.include('pod "debug" deleted');
    expect(exitCode).to.equal(4);
  });

  it('run -i: what is piped in reaches the program, and its end too', async () => {
    const args = [
      'run',
      '-i',
      '--rm',
      'count',
      '--image=busybox',
      '--restart=Never',
      `--overrides=${onNode}`,
      '--',
      'wc',
      '-l',
    ];
    const { stdout } = await cluster.kubectl(args, { input: 'a\nb\nc\n' });
    expect(stdout).to.match(/^3$/m);
  });

  it('cp: three megabytes there and back, unchanged', async () => {
    const [there, back] = [join(folder, 'there'), join(folder, 'back')];
    writeFileSync(there, randomBytes(3_000_000));
    await cluster.kubectl(['cp', there, 'web:/tmp/file', '-c', 'talker']);
    await cluster.kubectl(['cp', 'web:/tmp/file', back, '-c', 'talker']);
    expect(readFileSync(back).equals(readFileSync(there))).to.equal(true);
  });

  const logCases: [string[], string][] = [
    [[], 'one\ntwo\nthree\n'],
    [['--tail=1'], 'three\n'],
    [['--tail=0'], ''],
    [['--limit-bytes=5'], 'one\nt'],
    [['--since=1h'], 'one\ntwo\nthree\n'],
    [['--since-time=2999-01-01T00:00:00Z'], ''],
  ];
  for (const [flags, expected] of logCases) {
    it(`logs ${flags.join(' ')}`, async () => {
      const { stdout } = await cluster.kubectl(['logs', 'web', '-c', 'talker', ...flags]);
      expect(stdout).to.equal(expected);
    });
  }

  it('logs --timestamps: RFC 3339 with nanoseconds', async () => {
    const { stdout } = await cluster.kubectl(['logs', 'web', '-c', 'talker', '--timestamps', '--tail=1']);
    expect(stdout).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z three\n$/);
  });

  it('logs of a container that waits: says so', async () => {
    await cluster.createPod('stuck', { containers: [{ name: 'main', image: 'nosuch/image' }] });
    await cluster.podWhen('stuck', 'to fail', (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting);
    const { stderr } = await outcome(cluster.kubectl(['logs', 'stuck']));
    expect(stderr).to.include('container "main" in pod "stuck" is');
  });

  it('port-forward: many requests over one tunnel; a closed port is told', async () => {
    const child = spawn('kubectl', [
      '--kubeconfig',
      cluster.kubeconfig,
      'port-forward',
      'pod/web',
      ':80',
      ':81',
    ]);
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      output += data.toString();
    });
    try {
      const ports = await waitFor(
        () => {
          const found = [...output.matchAll(/127\.0\.0\.1:(\d+) -> (\d+)/g)];
          return found.length === 2
            ? new Map(found.map(([, local, remote]) => [remote, Number(local)]))
            : undefined;
        },
        { what: 'kubectl to listen', timeoutMs: 10_000 },
      );
      const pages = await Promise.all(Array.from({ length: 10 }, () => fetchText(ports.get('80') ?? 0)));
      for (const page of pages) expect(page).to.include('Welcome to nginx!');
      await fetchText(ports.get('81') ?? 0).catch(() => '');
      await waitFor(() => output.includes('failed to connect to localhost:81'), {
        what: 'the fault',
        timeoutMs: 5000,
      });
    } finally {
      child.kill();
    }
  });
});

/** Runs kubectl in a terminal of 33 × 101 and types each line once a prompt has come; returns all that was shown. */
async function typed(
  cluster: TestCluster,
  args: string[],
  lines: readonly string[],
): Promise<{ output: string; exitCode: number }> {
  await loadTerminals();
  const env = process.env as Record<string, string>;
  const size = { columns: 101, rows: 33 };
  const terminal = spawnTerminal('kubectl', ['--kubeconfig', cluster.kubeconfig, ...args], env, size);
  let output = '';
  let next = 0;
  const type = (text: string) => terminal.write(Buffer.from(text));
  // "If you don't see a command prompt, try pressing enter": who attaches may come after the prompt; a new shell has one to show.
  const poke = setInterval(() => {
    if (next === 0 && args[0] === 'run') type('\r');
  }, 500);
  terminal.onData((data) => {
    output += data.toString();
    // busybox asks for the cursor's position, as it does of any terminal.
    if (data.includes('\u001b[6n')) type('\u001b[1;1R');
    // It draws its prompt once more when it hears of the terminal's size.
    const shown = output.replaceAll('\r/ # \u001b[J', '');
    const prompts = shown.split('\n/ # ').length - 1;
    const line = lines[next];
    if (prompts > next && line !== undefined && /\n\/ # (?:\u001b\[6n)?$/.test(shown)) {
      next++;
      type(line);
    }
  });
  return new Promise((resolve) => {
    terminal.onExit((exitCode) => {
      clearInterval(poke);
      resolve({ output, exitCode });
    });
  });
}

function fetchText(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent: false, timeout: 5000 }, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => {
        text += data.toString();
      });
      response.on('end', () => resolve(text)).on('error', reject);
    }).on('error', reject);
  });
}
