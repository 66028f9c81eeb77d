import { createHash } from 'node:crypto';
import type { KeyPair } from '../../../sandbox/pki/authority.ts';
import { formatKubeconfig } from '../../../sandbox/pki/kubeconfig.ts';

/** kube-proxy's user: Kubernetes itself binds it to the role system:node-proxier, so that no rule of ours is needed. */
export const proxyUser = 'system:kube-proxy';

/** A kubeconfig behind a first line that tells, without the key, what is in it. `expires` is RFC 3339. */
export function credentialsText(pair: KeyPair, server: string, ca: string, expires: string): string {
  return `${stamp(server, ca)} expires=${expires}\n${formatKubeconfig({ ...pair, cluster: 'kubernetes', user: proxyUser, server, ca })}`;
}

/** True when a first line of such a file tells of the same API server and of some time to go. */
export function isGood(
  line: string | undefined,
  server: string,
  ca: string,
  now: number = Date.now(),
): boolean {
  const start = `${stamp(server, ca)} expires=`;
  if (!line?.startsWith(start)) return false;
  return Date.parse(line.slice(start.length)) - now > renewBeforeMs;
}

const renewBeforeMs = 30 * 86_400_000;

function stamp(server: string, ca: string): string {
  return `# server=${server} ca=${createHash('sha256').update(ca.trim()).digest('hex').slice(0, 16)}`;
}
