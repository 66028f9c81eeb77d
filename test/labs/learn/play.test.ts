import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { waitFor } from '../../../lib/wait.ts';
import { type TestCluster, testCluster } from '../../whole/cluster.ts';

const command = join(repositoryRoot(), 'scripts/bin/workshop.js');

/** `workshop play` in a real terminal: that of a tmux, into which keys are sent and whose screen is read. */
describe('workshop play', function () {
  this.timeout(120_000);
  let cluster: TestCluster;
  const server = `workshop-test-${process.pid}`;

  const tmux = async (...args: string[]) =>
    (await run('tmux', ['-u', '-L', server, '-f', '/dev/null', ...args])).stdout;
  const screen = () => tmux('capture-pane', '-p', '-t', 'terminal');
  const type = (line: string) => tmux('send-keys', '-t', 'terminal', line, 'Enter');
  const flag = async (name: string) =>
    (await tmux('display-message', '-p', '-t', 'terminal', `#{${name}}`)).trim();

  async function shows(text: string | RegExp, timeoutMs = 40_000): Promise<string> {
    let last = '';
    const seen = async () => {
      last = await screen();
      return typeof text === 'string' ? last.includes(text) : text.test(last);
    };
    await waitFor(seen, { what: `${text} on the screen`, timeoutMs, intervalMs: 100 }).catch(
      (error: unknown) => {
        throw new Error(`${error}\n${last}`);
      },
    );
    return last;
  }

  async function play(...words: string[]): Promise<void> {
    await type(
      `clear; echo before; ${process.execPath} ${command} play ${words.join(' ')}; echo ended with $?`,
    );
    await shows('Alt+Up, Alt+Down');
  }

  async function isAsBefore(): Promise<void> {
    await waitFor(async () => (await flag('alternate_on')) === '0', {
      what: 'the terminal as it was',
      timeoutMs: 20_000,
    });
    expect(await screen()).to.match(/^before\n/);
    expect([await flag('cursor_flag'), await flag('mouse_any_flag')]).to.deep.equal(['1', '0']);
  }

  before(async () => {
    cluster = await testCluster();
    const env = Object.entries({
      ...cluster.env,
      SHELL: '/bin/sh',
      PS1: '$ ',
      WORKSHOP_LANG: 'en',
      KUBECONFIG: '',
    });
    const set = env.flatMap(([key, value]) => ['-e', `${key}=${value}`]);
    await tmux('new-session', '-d', '-s', 'terminal', '-x', '130', '-y', '45', ...set, '/bin/sh');
  });
  afterEach(async () => {
    // One that failed leaves its page open.
    if ((await flag('alternate_on')) === '1') await tmux('respawn-pane', '-k', '-t', 'terminal');
  });
  after(async () => {
    await tmux('kill-server').catch(() => {});
    await cluster.workshop(['reset', '--progress', '--yes']);
    await cluster.kubectl(['delete', 'namespace', '--selector', 'workshop/course', '--wait=false']);
  });

  it('leads through a whole lab: text, shell and live picture follow what is typed', async () => {
    await play('01-pods');
    const begun = await shows('✗ not done yet');
    expect(begun)
      .to.contain('Three pods, three addresses')
      .and.contain('requests: none yet')
      .and.contain('expected:');

    await type('kubectl apply -f manifests/hostname-deployment.yaml');
    await shows('✓ done: workshop next');
    await type('clear; workshop next');
    await shows('Your prediction (1-3, Enter: -):');
    const second = await shows('A pod is replaced');
    expect(second.match(/A pod is replaced/g), 'the page, once').to.have.lengthOf(1);
    await type('2');
    await shows('✗ not done yet');
    await shows('Your prediction: 2');

    await type(
      'clear; kubectl delete --grace-period=1 $(kubectl get pods -l app=webserver -o name | head -n 1)',
    );
    await shows('✓ done: workshop next');
    await type('clear; workshop progress | head -n 3');
    await shows(/20-a-pod-replaced +done/);
    await type('exit');
    await shows('ended with 0');
    await isAsBefore();
  });

  it('shows endpoints that come and go, and which pods answered the last requests', async () => {
    await play('who-answers');
    await shows(/joins hostname-service-clusterip/);
    await shows('requests: none yet');
    await type(
      'for i in 1 2 3 4 5 6 7 8 9; do kubectl exec debug -- wget -q -O /dev/null http://hostname-service-clusterip:8080; done',
    );
    await shows(/requests, newest first:( \w{5}){6}/);
    await type('clear; kubectl scale deployment hostname-deployment --replicas=2');
    await shows(/leaves hostname-service-clusterip/);
    await type('exit');
    await isAsBefore();
  });

  it('scrolls a text that is longer than its pane', async () => {
    await tmux('resize-window', '-t', 'terminal', '-x', '100', '-y', '24');
    await play();
    await shows(/-- \d+ more lines below --/);
    for (let i = 0; i < 40; i++) await tmux('send-keys', '-t', 'terminal', 'M-Down');
    await shows('-- end --');
    await type('exit');
    await isAsBefore();
    await tmux('resize-window', '-t', 'terminal', '-x', '130', '-y', '45');
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`leaves the terminal as it was, and nothing running, when it is ended by ${signal}`, async () => {
      await play();
      const pids = await playProcesses();
      expect(pids).to.have.lengthOf(1);
      for (const pid of pids) process.kill(pid, signal);
      await shows(/ended with \d+|Killed/);
      await isAsBefore();
      await waitFor(async () => (await paneProcesses()).length === 0, {
        what: 'the end of the panes',
        timeoutMs: 10_000,
      });
      const folder = join(cluster.stateDir, cluster.env['WORKSHOP_NAME'] ?? '');
      expect(readdirSync(folder).filter((name) => /^p\d+\.sock$/.test(name))).to.deep.equal([]);
      expect(existsSync(join(folder, 'progress.json'))).to.equal(true);
    });
  }

  it('says so when there is no terminal', async () => {
    const { exitCode, stderr } = await cluster.workshop(['play']);
    expect([exitCode, stderr]).to.deep.equal([
      3,
      'could not open the page: this is no terminal.\nTry: workshop start, which needs none\n',
    ]);
  });

  /** Below our terminal alone: others may play at the same time. */
  const playProcesses = async () =>
    (await processes()).filter(({ args }) => args.includes('workshop.js play')).map(({ pid }) => pid);
  const paneProcesses = async () => (await processes(true)).filter(({ args }) => args.includes('play-pane'));

  async function processes(all = false): Promise<{ pid: number; args: string }[]> {
    const { stdout } = await run('ps', ['-eo', 'pid,ppid,args']);
    const rows = stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
      .map(([, pid, parent, args = '']) => ({ pid: Number(pid), parent: Number(parent), args }));
    const shell = Number((await tmux('list-panes', '-F', '#{pane_pid}')).trim());
    const mine = rows.filter(({ parent }) => parent === shell);
    return all ? rows.filter(({ args }) => args.includes(cluster.env['WORKSHOP_NAME'] ?? '-')) : mine;
  }
});
