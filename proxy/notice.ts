import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Log } from '../lib/log.ts';

/**
 * Calls `onNotice` when the kernel says that something of ours was removed from its nftables rules, by whomever: also our own syncs
 * are heard, so the caller has to look. Rules of iptables-nft are among them. What is only added is left to the periodic check:
 * the program would have to print every element of a full sync.
 */
export function noticeRemovals(log: Log, onNotice: () => void): () => void {
  let child: ChildProcess | undefined;
  let again: NodeJS.Timeout | undefined;
  let closed = false;

  function start(): void {
    // Ends with this process, however that ends.
    child = spawn('setpriv', ['--pdeathsig', 'KILL', 'nft', 'monitor', 'destroy'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.on('error', (error) => log.debug('no notice of removed rules', { error }));
    child.on('close', () => {
      if (!closed) again = setTimeout(start, pauseMs);
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

const pauseMs = 10_000;
