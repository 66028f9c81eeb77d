import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';
import { waitFor } from '../../../../lib/wait.ts';
import { openDisk } from '../../../../sandbox/apiserver/store/disk.ts';
import { openStore } from '../../../../sandbox/apiserver/store/store.ts';

const writer = join(import.meta.dirname, 'writer.ts');

describe('what the store has acknowledged', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is there after kill -9 in the middle of writing', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', writer, join(folder, 'db')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    const lines = () => output.split('\n').slice(0, -1);
    await waitFor(() => lines().length > 300, { what: 'writes', timeoutMs: 20_000, intervalMs: 5 });
    child.kill('SIGKILL');
    await once(child, 'close');
    const disk = await openDisk(join(folder, 'db'));
    const store = await openStore(disk);
    const names = new Set(store.all('configmaps').map(({ metadata }) => metadata.name));
    const missing = lines().filter((line) => !names.has(line.split(' ')[0] ?? ''));
    expect(missing).to.deep.equal([]);
    const last = Number(lines().at(-1)?.split(' ')[1]);
    expect(store.revision).to.be.at.least(last);
    await store.close();
  });

  it('is there after the disk was full; writes fail meanwhile and go on afterwards, reads never stop', async () => {
    const script = `
      mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" --import tsx "$3" "$1/db" "$1/ballast"`;
    const { stdout } = await run(
      'unshare',
      [
        ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
        '--mount',
        'sh',
        '-c',
        script,
        'sh',
        folder,
        process.execPath,
        writer,
      ],
      { timeoutMs: 25_000 },
    );
    expect(JSON.parse(stdout)).to.deep.equal({
      failed: true,
      readable: true,
      recovered: true,
      lost: [],
      torn: [],
    });
  });

  it('is for this user’s eyes only, and for one process', async () => {
    const disk = await openDisk(join(folder, 'db'));
    expect(statSync(join(folder, 'db')).mode & 0o077).to.equal(0);
    const second = await openDisk(join(folder, 'db')).catch((error: Error) => error.message);
    expect(second).to.match(/^could not open the database .*: another API server uses it$/);
    await disk.close();
  });
});
