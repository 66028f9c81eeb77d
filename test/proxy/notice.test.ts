import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../lib/exec.ts';
import { silentLog } from '../../lib/log.ts';
import { waitFor } from '../../lib/wait.ts';
import { noticeRemovals } from '../../proxy/notice.ts';
import { removalsInPerl } from '../../proxy/removals.ts';

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
  let close = () => {};
  afterEach(() => {
    close();
    process.env['PATH'] = path;
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Programs in the place of perl and nft that note how they were called. */
  function standIn(scripts: { perl: string; nft: string }): () => string[] {
    const calls = join(folder, 'calls');
    writeFileSync(calls, '');
    for (const [name, script] of Object.entries(scripts)) {
      const file = join(folder, name);
      writeFileSync(file, `#!/bin/sh\necho "${name}: $1 $2" | head -1 >>${calls}\n${script}\n`);
      chmodSync(file, 0o755);
    }
    process.env['PATH'] = `${folder}:${path}`;
    return () => readFileSync(calls, 'utf8').split('\n').slice(0, -1);
  }

  const say = `printf '%s\\n' ${events.map((line) => `'${line}'`).join(' ')}; exec sleep 60`;
  const nothing = 'exit 127';
  const [perl, removals, everything] = ['perl: -e ', 'nft: monitor destroy', 'nft: monitor '];

  for (const [what, scripts, expected] of [
    ['asks the kernel itself', { perl: 'echo removed; exec sleep 60', nft: nothing }, [perl]],
    ['asks nft for removals alone where there is no Perl', { perl: nothing, nft: say }, [perl, removals]],
    [
      'asks for everything where nft refuses that',
      { perl: nothing, nft: `[ $# = 1 ] || exit 1\n${say}` },
      [perl, removals, everything],
    ],
  ] as const) {
    it(`${what}, and hears of ours and of no addition`, async () => {
      const calls = standIn(scripts);
      let heard = 0;
      close = noticeRemovals(silentLog, () => heard++);
      await waitFor(() => heard > 0, { ...soon, what: 'the notice' });
      expect([heard, calls()]).to.deep.equal([1, expected]);
    });
  }

  it('comes from the kernel once for each of ours, and for nothing of others', async () => {
    const inside = ['--user', '--map-root-user', '--net', 'sh', '-c', removeSome, 'sh', removalsInPerl];
    const { stdout } = await run('unshare', inside, { timeoutMs: 20_000 });
    expect(stdout.trim().split('\n')).to.deep.equal(Array.from({ length: 4 }, () => 'removed'));
  });
});

/** Two elements, a rule (and the set within it, which nobody knows by name), a chain; and of others two chains and a table. */
const removeSome = `
told() { awk '$4 == "00000040" { print $5 }' /proc/net/netlink; }
perl -e "$1" & listener=$!
until [ -n "$(told)" ]; do :; done
nft 'table ip workshop-proxy { set s { type ipv4_addr; elements = { 1.1.1.1, 1.1.1.2 }; }; chain c { ip daddr { 2.2.2.2, 2.2.2.3 } accept; }; }'
nft 'table ip nat { chain KUBE-X { }; chain other { }; }; table ip other { chain c { }; }'
nft 'delete element ip workshop-proxy s { 1.1.1.1, 1.1.1.2 }; flush chain ip workshop-proxy c'
nft 'delete chain ip nat KUBE-X; delete chain ip nat other; delete table ip other'
until [ "$(told)" = 0 ] && grep -q '^State:.S' /proc/$listener/status; do :; done
kill $listener
`;
