import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { lockCluster, supervisorOf } from '../../lib/cluster/lock.ts';
import { identify, isAlive } from '../../lib/process-identity.ts';

describe('the lock of a cluster', () => {
  const root = `/tmp/lock-test-${process.pid}`;

  it('goes to one process alone and says which', async () => {
    const lock = await lockCluster(root);
    try {
      expect(await lockCluster(root)).to.equal(undefined);
      expect((await supervisorOf(root))?.pid).to.equal(process.pid);
      expect(await supervisorOf(`${root}-other`)).to.equal(undefined);
    } finally {
      lock?.close();
    }
    expect(await supervisorOf(root)).to.equal(undefined);
  });
});

describe('process identity', () => {
  it('knows a process from a later one with the same id', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(child.pid ?? 0);
    if (!identity) throw new Error('no identity');
    expect(isAlive(identity)).to.equal(true);
    expect(isAlive({ ...identity, startTime: '1' })).to.equal(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).to.equal(false);
  });
});
