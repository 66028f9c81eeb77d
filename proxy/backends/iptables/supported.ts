import { ExecError } from '../../../lib/exec.ts';
import { restore, type Tool } from './apply.ts';

/** Why this mode cannot work here, in words that end a sentence; undefined when it can. */
export async function supported(
  variant: Tool['variant'] = undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    await restore({ family: 'IPv4', variant }, trial, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExecError) || error.kind === 'aborted') throw error;
    if (error.kind === 'missing') return `${error.command} is not installed (package iptables)`;
    if (/denied|not permitted/i.test(error.stderr)) return 'this process may not change iptables rules';
    return `iptables does not work here: ${error.stderr.trim().split('\n')[0] || error.message}`;
  }
}

/** A rule with each feature that ours use, in chains that nothing leads to; and away with them. */
const trial = `*filter
:KUBE-PROXY-TRIAL - [0:0]
-A KUBE-PROXY-TRIAL -m conntrack --ctstate NEW -m addrtype --dst-type LOCAL -j REJECT
-A KUBE-PROXY-TRIAL -m mark --mark 0x4000/0x4000 -m comment --comment "a trial" -j ACCEPT
COMMIT
*nat
:KUBE-PROXY-TRIAL - [0:0]
-A KUBE-PROXY-TRIAL -m statistic --mode nth --every 2 --packet 0 -j MARK --set-xmark 0x4000/0x4000
-A KUBE-PROXY-TRIAL -m recent --rcheck --seconds 10 --reap --name KUBE-PROXY-TRIAL -j RETURN
-A KUBE-PROXY-TRIAL -p tcp -j DNAT --to-destination 198.51.100.1:80
-A KUBE-PROXY-TRIAL -j MASQUERADE --random-fully
COMMIT
*filter
:KUBE-PROXY-TRIAL - [0:0]
-X KUBE-PROXY-TRIAL
COMMIT
*nat
:KUBE-PROXY-TRIAL - [0:0]
-X KUBE-PROXY-TRIAL
COMMIT
`;
