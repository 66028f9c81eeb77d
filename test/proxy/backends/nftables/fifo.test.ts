import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';

const fifo = new URL('../../../../proxy/backends/nftables/fifo.ts', import.meta.url).href;

/** Writes more to a pipe that nobody reads than it holds, closes it while the write waits, and exits. */
const program = `
  const { openFifo } = await import(${JSON.stringify(fifo)});
  const fifo = await openFifo();
  fifo.write('x'.repeat(1_000_000));
  await new Promise((resolve) => setTimeout(resolve, 100));
  fifo.close();
  process.exit(7);`;

describe('the pipe that nft reads its text from', () => {
  it('keeps no process from its exit once it is closed', async () => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const { exitCode } = await run(process.execPath, args, { okCodes: [7], timeoutMs: 20_000 });
    expect(exitCode).to.equal(7);
  });
});
