import type { Lab } from '../lab.ts';
import { applyService } from '../steps/ensure.ts';
import type { Service } from '../steps/objects.ts';
import { applyPagePods } from '../steps/page-pods.ts';

/** Two versions of a server: both call their port `http-web`, and it is 9376 in the first and 9377 in the second. */
export const shopVersions = [
  { name: 'shop-v1', version: 'v1', port: 9376 },
  { name: 'shop-v2', version: 'v2', port: 9377 },
] as const;

/** Applies a Deployment of one pod for each version. */
export async function applyShop(lab: Lab): Promise<void> {
  for (const { name, version, port } of shopVersions) {
    const ports = [{ number: port, name: 'http-web' }];
    await applyPagePods(lab, name, { labels: { app: 'shop', version }, ports });
  }
}

/** Applies the Service over both versions; its port 80 leads to `targetPort`. */
export function shopService(
  lab: Lab,
  targetPort: string | number,
  selector = { app: 'shop' },
): Promise<Service> {
  return applyService(lab, 'shop', { selector, ports: [{ port: 80, targetPort }] });
}
