import { killAgainAndAgain } from './kills.ts';

describe('a proxy that is killed a hundred times in a row, in the midst of its syncs and under traffic', () => {
  it('gives no wrong answer, loses no established connection, and has the rules right after each restart', async () => {
    await killAgainAndAgain(100, 1500);
  }).timeout(900_000);
});
