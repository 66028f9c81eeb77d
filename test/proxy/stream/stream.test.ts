import fc from 'fast-check';
import { streamOf } from './events.ts';
import { play } from './play.ts';

describe('a stream of Services and EndpointSlices, late, doubled, relisted, and with syncs that fail', () => {
  it('leads every connection where a second opinion says, and to the same as a table made from nothing', async () => {
    await fc.assert(fc.asyncProperty(streamOf(200), play), { numRuns: 6, seed: 20_261_121 });
  }).timeout(30_000);
});
