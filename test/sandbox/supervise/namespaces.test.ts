import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { WorkshopError } from '../../../lib/errors.ts';
import { waitFor } from '../../../lib/wait.ts';
import { type SandboxProcess, startSandbox } from '../../../sandbox/supervise/namespaces.ts';
import { hostNetwork, namespaceOf, processesIn } from './host-state.ts';

const ms = { timeoutMs: 10_000, intervalMs: 20 };

describe('the namespaces of a sandbox', () => {
  let folder = '';
  let log = '';
  let sandbox: SandboxProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'namespaces-'));
    log = join(folder, 'log');
  });
  afterEach(async () => {
    await sandbox?.stop(100);
    sandbox = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Starts a shell script as the inner supervisor. */
  async function start(script: string): Promise<SandboxProcess> {
    sandbox = await startSandbox(['sh', '-c', script], log);
    return sandbox;
  }
  const logged = (text: string) =>
    waitFor(() => readFileSync(log, 'utf8').includes(text), { ...ms, what: text });

  it('have their own network, mounts and processes', async () => {
    const { init } = await start(
      'echo pid-1-is $(cat /proc/1/comm); ip -o link | wc -l; echo ready; exec sleep 600',
    );
    await logged('ready');
    expect(readFileSync(log, 'utf8')).to.equal('pid-1-is sh\n1\nready\n');
    for (const kind of ['net', 'mnt', 'pid'] as const) {
      expect(namespaceOf(init.pid, kind)).to.not.equal(namespaceOf(process.pid, kind));
    }
  });

  it('start the inner supervisor again when it ends', async () => {
    await start('echo again; exit 3');
    await waitFor(() => readFileSync(log, 'utf8').split('again').length > 3, { ...ms, what: 'three starts' });
  });

  it('pass SIGTERM on and end in good order', async () => {
    const { ended, stop } = await start(
      'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.1; done',
    );
    await logged('ready');
    await stop();
    expect(await ended).to.equal('exit code 0');
    expect(readFileSync(log, 'utf8')).to.contain('bye');
  });

  it('end what will not end by itself', async () => {
    const { init, stop } = await start('trap "" TERM; echo ready; while :; do sleep 1; done');
    const pids = namespaceOf(init.pid, 'pid');
    await logged('ready');
    await stop(100);
    expect(processesIn('pid', pids)).to.deep.equal([]);
  });

  it('collect orphans', async () => {
    const { init } = await start('(sleep 0.05 & sleep 0.05 & sleep 0.05 &); echo ready; exec sleep 600');
    await logged('ready');
    const pids = namespaceOf(init.pid, 'pid');
    // pid 1, its reader, the inner supervisor
    await waitFor(() => processesIn('pid', pids).length === 3, {
      ...ms,
      what: 'the orphans to be collected',
    });
    const zombies = () => {
      const children = readFileSync(`/proc/${init.pid}/task/${init.pid}/children`, 'utf8').trim().split(' ');
      return children.filter((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
    };
    await waitFor(() => zombies().length === 0, { ...ms, what: 'zombies to go' });
  });

  it('leave the host as it is', async () => {
    const before = await hostNetwork();
    const script =
      'ip link add br9 type bridge; ip netns add inner; echo 1 > /proc/sys/net/ipv4/ip_forward; echo ready; exec sleep 600';
    const { stop } = await start(script);
    await logged('ready');
    expect(await hostNetwork()).to.deep.equal(before);
    await stop(100);
    expect(await hostNetwork()).to.deep.equal(before);
  });

  it('say what the kernel forbids', async () => {
    writeFileSync(log, '');
    const path = process.env['PATH'];
    const fake = join(folder, 'unshare');
    writeFileSync(fake, '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2; exit 1\n', {
      mode: 0o755,
    });
    process.env['PATH'] = `${folder}:${path}`;
    try {
      const error = await startSandbox(['true'], log).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(WorkshopError);
      expect((error as Error).message).to.contain('Operation not permitted');
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('a sandbox whose supervisor is killed', () => {
  let owner: ChildProcess | undefined;
  let folder = '';
  afterEach(() => {
    owner?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  for (const who of ['the supervisor', 'unshare', 'pid 1'] as const) {
    it(`leaves no process, mount or namespace when ${who} gets SIGKILL`, async function () {
      this.timeout(20_000);
      folder = mkdtempSync(join(tmpdir(), 'killed-'));
      const note = join(folder, 'note');
      owner = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'owner.ts'), note], {
        stdio: 'inherit',
      });
      const init = await waitFor(() => Number(readFileSync(note, 'utf8')), { ...ms, what: 'the sandbox' });
      const inside = {
        net: namespaceOf(init, 'net'),
        pid: namespaceOf(init, 'pid'),
        mnt: namespaceOf(init, 'mnt'),
      };
      await waitFor(() => processesIn('pid', inside.pid).length >= 4, { ...ms, what: 'its processes' });
      const parent = Number(readFileSync(`/proc/${init}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
      process.kill({ 'the supervisor': owner.pid ?? 0, unshare: parent, 'pid 1': init }[who], 'SIGKILL');
      const kinds = ['pid', 'net', 'mnt'] as const;
      const left = () => kinds.flatMap((kind) => processesIn(kind, inside[kind]));
      await waitFor(() => left().length === 0, { ...ms, what: 'everything to end' });
    });
  }
});
