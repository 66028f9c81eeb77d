import { expect } from 'chai';
import { waitFor } from '../../lib/wait.ts';
import { createLooks, type Looks } from '../../proxy/looks.ts';

const soon = { timeoutMs: 10_000, intervalMs: 10, what: 'the look' };

/** Long enough for the look that must not come: those that must come here are waited for by a second counter begun later. */
async function untilQuiet(): Promise<void> {
  let asked = 0;
  const other = createLooks(() => asked++);
  other.began();
  other.noticed();
  other.ended(undefined);
  await waitFor(() => asked > 0, soon);
}

describe('the looks that removed rules cause', () => {
  let asked = 0;
  let looks: Looks;

  beforeEach(() => {
    asked = 0;
    looks = createLooks(() => asked++);
  });
  afterEach(() => looks.close());

  function turn(removed: number | undefined, noticedMeanwhile = 0): void {
    looks.began();
    for (let i = 0; i < noticedMeanwhile; i++) looks.noticed();
    looks.ended(removed);
  }

  it('do not come for what our own turn removed, told during it or after', async () => {
    turn(3, 1);
    looks.noticed();
    looks.noticed();
    await untilQuiet();
    expect(asked).to.equal(0);
  });

  it('come when things are quiet, for one removal more than our own', async () => {
    turn(2, 3);
    expect(asked).to.equal(0);
    await waitFor(() => asked === 1, soon);
  });

  it('come when things are quiet, if nobody counted our own', async () => {
    turn(undefined, 3);
    await waitFor(() => asked === 1, soon);
  });

  it('come at once, for a removal long after a turn that removed nothing', async () => {
    turn(0);
    await untilQuiet();
    looks.noticed();
    expect(asked).to.equal(1);
  });

  it('come again after those of a turn were all heard of', async () => {
    turn(1, 1);
    await untilQuiet();
    looks.noticed();
    expect(asked).to.equal(1);
  });
});
