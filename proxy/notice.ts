import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Log } from '../lib/log.ts';
import { removalsInPerl } from './removals.ts';

/**
 * Calls `onNotice` when the kernel says that something of ours was removed from its nftables rules, by whomever: also our own syncs
 * are heard, so the caller has to look. Rules of iptables-nft are among them. What is only added is left to the periodic check.
 */
export function noticeRemovals(log: Log, onNotice: () => void): () => void {
  let child: ChildProcess | undefined;
  let again: NodeJS.Timeout | undefined;
  let closed = false;
  let way = 0;

  function start(): void {
    const { command, ours } = ways[way] ?? last;
    // Ends with this process, however that ends.
    child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.on('error', (error) => log.debug('no notice of removed rules', { error }));
    child.on('close', (code) => {
      if (closed) return;
      const refused = code !== null && code !== 0 && way < ways.length;
      if (refused) way++;
      again = setTimeout(start, refused ? 0 : pauseMs);
    });
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (ours.test(line)) onNotice();
      });
    }
  }

  start();
  return () => {
    closed = true;
    clearTimeout(again);
    child?.kill('SIGKILL');
  };
}

const deleted = /^delete .*(workshop-proxy|KUBE-)/;

/**
 * What to try first, where there is Perl, as on every Debian and Ubuntu; then nft itself. It should print removals alone: it prints
 * every element of a full sync otherwise. nft 1.1 has made a keyword of `destroy` and no longer takes it here.
 */
const ways = [
  { command: ['perl', '-e', removalsInPerl], ours: /./ },
  { command: ['nft', 'monitor', 'destroy'], ours: deleted },
];
const last = { command: ['nft', 'monitor'], ours: deleted };

const pauseMs = 10_000;
