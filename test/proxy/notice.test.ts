import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLog } from '../../lib/log.ts';
import { waitFor } from '../../lib/wait.ts';
import { noticeRemovals } from '../../proxy/notice.ts';

const soon = { timeoutMs: 20_000, intervalMs: 10 };

/** What `nft monitor` prints of our table and of somebody else's. */
const events = [
  'add element ip workshop-proxy m { 1 }',
  'delete rule ip other c',
  'delete set ip workshop-proxy s',
];

describe('the notice of removed rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'notice-'));
  const path = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = path;
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A program in nft's place that notes how it was called. */
  function standIn(script: string): () => string[] {
    const calls = join(folder, 'calls');
    writeFileSync(calls, '');
    const file = join(folder, 'nft');
    writeFileSync(file, `#!/bin/sh\necho "$*" >>${calls}\n${script}\n`);
    chmodSync(file, 0o755);
    process.env['PATH'] = `${folder}:${path}`;
    return () => readFileSync(calls, 'utf8').split('\n').slice(0, -1);
  }

  const say = `printf '%s\\n' ${events.map((line) => `'${line}'`).join(' ')}; exec sleep 60`;

  for (const [what, script, expected] of [
    ['asks for removals alone', say, ['monitor destroy']],
    [
      'asks for everything where nft refuses that',
      `[ $# = 1 ] || exit 1\n${say}`,
      ['monitor destroy', 'monitor'],
    ],
  ] as const) {
    it(`${what}, and hears of ours and of no addition`, async () => {
      const calls = standIn(script);
      let heard = 0;
      const close = noticeRemovals(silentLog, () => heard++);
      await waitFor(() => heard > 0, { ...soon, what: 'the notice' });
      close();
      expect([heard, calls()]).to.deep.equal([1, expected]);
    });
  }
});
