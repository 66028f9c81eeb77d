import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { execInPod } from '../../../lib/kube/exec.ts';

const target = { namespace: 'default', pod: 'web' };

/** Nobody listens on port 1. An error that nobody takes would fail the test as well. */
const credentials = { server: 'https://127.0.0.1:1' };

async function reasonOf(signal: AbortSignal): Promise<unknown> {
  const reason = await execInPod(credentials, target, ['true'], { signal }).catch((error: unknown) => error);
  await nextTurn();
  return reason;
}

describe('a command in a pod', () => {
  it('is not begun when its time is over already', async () => {
    const over = new Error('over');
    expect(await reasonOf(AbortSignal.abort(over))).to.equal(over);
  });

  it('ends with the reason when that comes before there is a connection', async () => {
    const controller = new AbortController();
    const over = new Error('over');
    const reason = reasonOf(controller.signal);
    controller.abort(over);
    expect(await reason).to.equal(over);
  });
});
