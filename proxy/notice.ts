import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Log } from '../lib/log.ts';

/**
 * Calls `onNotice` when the kernel says that something of ours was removed from its nftables rules, by whomever: also our own syncs
 * are heard, so the caller has to look. Rules of iptables-nft are among them. What is only added is left to the periodic check:
 * the program would have to print every element of a full sync. nft 1.1 has made a keyword of `destroy` and no longer takes it here:
 there it prints everything, and what is added is passed over.
 */
export function noticeRemovals(log: Log, onNotice: () => void): () => void {
  let child: ChildProcess | undefined;
  let again: NodeJS.Timeout | undefined;
  let closed = false;
  let filter = ['destroy'];

  function start(): void {
    // Ends with this process, however that ends.
    child = spawn('setpriv', ['--pdeathsig', 'KILL', 'nft', 'monitor', ...filter], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.on('error', (error) => log.debug('no notice of removed rules', { error }));
    child.on('close', (code) => {
      if (closed) return;
      const refused = code === refusedWords && filter.length > 0;
      if (refused) filter = [];
      again = setTimeout(start, refused ? 0 : pauseMs);
    });
    if (child.stdout) createInterface({ input: child.stdout }).on('line', hear);
  }

  function hear(line: string): void {
    if (ours.test(line)) onNotice();
  }

  start();
  return () => {
    closed = true;
    clearTimeout(again);
    child?.kill('SIGKILL');
  };
}

const ours = /^delete .*(workshop-proxy|KUBE-)/;

/** nft's exit code for words that it does not understand. */
const refusedWords = 1;

const pauseMs = 10_000;
