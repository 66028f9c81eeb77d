import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { waitFor } from '../../../../lib/wait.ts';
import { loadTerminals, spawnTerminal } from '../../../../sandbox/node/runtime/terminal.ts';
import { connectTerminal } from '../../../../sandbox/node/server/run-exec.ts';
import type { RemoteStreams } from '../../../../sandbox/node/server/streams.ts';

/** What comes of a script's output when reading stops for half a second after the pieces that `heldBackAfter` names. */
async function written(script: string, heldBackAfter: (pieces: number) => boolean): Promise<string> {
  await loadTerminals();
  const terminal = spawnTerminal('sh', ['-c', script], { PATH: process.env['PATH'] ?? '' });
  let output = '';
  let pieces = 0;
  terminal.onData((data) => {
    output += data.toString();
    if (!heldBackAfter(pieces++)) return;
    terminal.pause();
    void delay(500).then(() => terminal.resume());
  });
  await new Promise((resolve) => terminal.onExit(resolve));
  return output;
}

describe('a terminal', function () {
  this.timeout(15_000);

  it('has its last words read when its program has long ended', async () => {
    const output = await written('echo first; sleep 0.1; echo second; sleep 0.1; echo last', (n) => n < 2);
    expect(output).to.equal('first\r\nsecond\r\nlast\r\n');
  });

  it('loses nothing of much that it was given at its end', async () => {
    const output = await written('seq 1 20000', (n) => n % 20 === 0 && n < 200);
    expect(output.split('\r\n').length).to.equal(20001);
  });

  it('is not kept by a program that outlives the one it was opened for', async () => {
    const output = await written('setsid sleep 20 & echo bye', (n) => n < 1);
    expect(output).to.equal('bye\r\n');
  });

  it('ends though its client went away while it took nothing more', async () => {
    await loadTerminals();
    const terminal = spawnTerminal('seq', ['1', '20000'], { PATH: process.env['PATH'] ?? '' });
    let writes = 0;
    const write = () => {
      writes++;
      return new Promise<void>(() => {});
    };
    const streams = { onStdin: () => {}, onResize: () => {}, write } as unknown as RemoteStreams;
    const disconnect = connectTerminal(terminal, streams);
    await waitFor(() => writes > 0, { what: 'the first piece', timeoutMs: 5000 });
    disconnect();
    expect(await new Promise((resolve) => terminal.onExit(resolve))).to.equal(0);
  });
});
