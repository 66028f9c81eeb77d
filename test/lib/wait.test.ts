import { expect } from 'chai';
import { WorkshopError } from '../../lib/errors.ts';
import { waitFor } from '../../lib/wait.ts';

describe('waiting for a condition', () => {
  it('gives what the condition gave, zero and empty text included', async () => {
    let looks = 0;
    const options = { what: 'a value', timeoutMs: 1000, intervalMs: 1 };
    expect(await waitFor(() => (++looks < 3 ? undefined : looks), options)).to.equal(3);
    expect(await waitFor(() => 0, options)).to.equal(0);
    expect(await waitFor(() => '', options)).to.equal('');
  });

  it('takes a throw for "not yet", and names the last one when time is up', async () => {
    const attempt = waitFor(() => Promise.reject(new Error('connection refused')), {
      what: 'the API server',
      timeoutMs: 20,
      intervalMs: 1,
    });
    const error: unknown = await attempt.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(WorkshopError);
    expect((error as WorkshopError).fault).to.equal('timeout');
    expect((error as WorkshopError).message).to.equal(
      'could not wait longer for the API server: 0.02 s passed; last error: connection refused',
    );
  });

  it('stops when aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const attempt = waitFor(() => false, { what: 'nothing', timeoutMs: 60_000, signal });
    expect(await attempt.catch((thrown: Error) => thrown.message)).to.equal('enough');
  });
});
