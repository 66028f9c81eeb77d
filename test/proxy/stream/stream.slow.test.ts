import fc from 'fast-check';
import { streamOf } from './events.ts';
import { play } from './play.ts';

describe('a hundred thousand events', () => {
  it('leave the table as a second opinion has it, in streams of all lengths and of any seed', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const streams = fc.oneof(streamOf(20), streamOf(200), streamOf(2000));
    // 135 streams of 740 events on average.
    await fc.assert(fc.asyncProperty(streams, play), { numRuns: 135, seed, endOnFailure: false });
  }).timeout(600_000);
});
