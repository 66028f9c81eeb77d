import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';
import { openFifo } from '../../../../proxy/backends/nftables/fifo.ts';

const module = new URL('../../../../proxy/backends/nftables/fifo.ts', import.meta.url).href;

describe('the pipe that nft reads its text from', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fifo-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a program that has a pipe, with a temporary folder of its own. */
  const program = (text: string, okCodes: number[]) => {
    const code = `
      const { openFifo } = await import(${JSON.stringify(module)});
      const fifo = await openFifo();
      ${text}`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
    return run(process.execPath, args, { okCodes, timeoutMs: 20_000, env: { TMPDIR: folder } });
  };

  it('brings a reader the whole text, and its end', async () => {
    const fifo = await openFifo();
    const reader = run('cat', [fifo.path], { timeoutMs: 10_000 });
    const text = 'add table ip x\n'.repeat(50_000);
    fifo.write(text);
    fifo.end();
    expect((await reader).stdout.trimEnd()).to.equal(text.trimEnd());
    fifo.close();
  });

  it('keeps no process from its exit once it is closed, though a write waits', async () => {
    // More than the pipe holds, which nobody reads; the write is in a thread by the next turn.
    const text = `
      fifo.write('x'.repeat(1_000_000));
      await new Promise((resolve) => setImmediate(resolve));
      fifo.close();
      process.exit(7);`;
    expect((await program(text, [7])).exitCode).to.equal(7);
  });

  it('leaves nothing in the temporary folder when its process is killed', async () => {
    const { stdout } = await program(
      `fifo.write('x');
       const { readdirSync } = await import('node:fs');
       const left = readdirSync(process.env.TMPDIR).filter((name) => name.startsWith('workshop-proxy-'));
       process.stdout.write(JSON.stringify(left), () => process.kill(process.pid, 'SIGKILL'));
       await new Promise((resolve) => setTimeout(resolve, 10_000));`,
      [137],
    ).catch((error: unknown) => error as { stdout: string });
    expect(stdout).to.equal('[]');
    expect(readdirSync(folder).filter((name) => name.startsWith('workshop-proxy-'))).to.deep.equal([]);
  });
});
