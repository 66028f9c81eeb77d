import { WorkshopError } from '../../../lib/errors.ts';
import { familyOf } from '../../../lib/ip.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { V1Endpoints, Wire } from '../../../lib/kube/types.ts';

/**
 * The API server's URL as nodes may use it: `given`; else the kubeconfig's, unless that is a way in from this machine alone; else
 * the first address behind the Service `kubernetes`. Throws WorkshopError `usage` when none is known.
 */
export async function apiServerForNodes(client: Client, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    if (/^https:\/\/[^/]+\/?$/.test(given)) return given.replace(/\/$/, '');
    throw new WorkshopError(
      'usage',
      `could not use --server ${given}: not a URL such as https://192.168.56.10:6443`,
    );
  }
  const { server } = client.credentials;
  if (!isLoopback(new URL(server).hostname)) return server;
  const ref = { namespace: 'default', name: 'kubernetes' };
  const { subsets } = await client.get<Wire<V1Endpoints>>(resources.endpoints, ref);
  const [ip] = subsets?.[0]?.addresses ?? [];
  if (ip === undefined) {
    throw new WorkshopError(
      'usage',
      `could not find out how nodes reach the API server: ${server} leads to this machine`,
      {
        advice: '--server URL',
      },
    );
  }
  const host = familyOf(ip.ip) === 'IPv6' ? `[${ip.ip}]` : ip.ip;
  return `https://${host}:${subsets?.[0]?.ports?.[0]?.port ?? 6443}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
