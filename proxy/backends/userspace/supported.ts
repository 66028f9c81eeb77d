import { ExecError } from '../../../lib/exec.ts';
import { applyTransaction } from './apply.ts';

/** Why this mode cannot work here, in words that end a sentence; undefined when it can. */
export async function supported(signal?: AbortSignal): Promise<string | undefined> {
  try {
    await applyTransaction(trial, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExecError) || error.kind === 'aborted') throw error;
    if (error.kind === 'missing') return 'nft is not installed (package nftables)';
    if (/not permitted|denied/i.test(error.stderr)) return 'this process may not change nftables rules';
    return `nftables does not work here: ${error.stderr.trim().split('\n')[0] || error.message}`;
  }
}

/** A table with what ours uses, made and removed in one transaction: nobody ever sees it. */
const trial = `table ip workshop-proxy-trial {
  map ports { type ipv4_addr . inet_proto . inet_service : inet_service; }
  chain nat {
    type nat hook prerouting priority -100;
    meta l4proto { tcp, udp } dnat ip to 198.51.100.1 : ip daddr . meta l4proto . th dport map @ports
  }
  chain check {
    fib saddr type local ct state new reject
  }
}
delete table ip workshop-proxy-trial
`;
