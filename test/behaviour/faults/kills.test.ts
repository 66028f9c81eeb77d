import { killAgainAndAgain } from './kills.ts';

describe('a proxy that is killed in the midst of its syncs, under traffic', () => {
  it('gives no wrong answer, loses no established connection, and has the rules right after each restart', async () => {
    await killAgainAndAgain(3, 500);
  }).timeout(90_000);
});
