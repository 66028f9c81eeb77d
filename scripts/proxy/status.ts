import type { Context } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import type { ProxyContext } from './command.ts';

/** Prints one row for each node, from what its proxy says on its own ports. */
export async function proxyStatus(
  { out, json }: Context,
  { cluster, action, nodes }: ProxyContext,
): Promise<void> {
  const rows = await Promise.all(nodes.map(async (node) => readState(cluster, node)));
  if (json) return out.json(rows);
  if (action === 'mode') {
    out.line(
      table(
        ['NODE', 'MODE'],
        rows.map(({ node, mode }) => [node, mode]),
      ),
    );
    return;
  }
  out.line(
    table(
      ['NODE', 'MODE', 'HEALTH', 'LAST SYNC', 'SYNCS'],
      rows.map((row) => [row.node, row.mode, row.health, row.lastSync, row.syncs]),
    ),
  );
}

async function readState({ runOnNode }: ProxyContext['cluster'], node: string) {
  const { stdout } = await runOnNode(node, ['sh', '-c', ask], { timeoutMs: 15_000 });
  const [mode = '', health = '', metrics = ''] = stdout.split(`${separator}\n`);
  const seconds = Number(metric(metrics, 'kubeproxy_sync_proxy_rules_last_timestamp_seconds'));
  const ago = seconds > 0 ? `${Math.max(0, Math.round(Date.now() / 1000 - seconds))} s ago` : 'unknown';
  return {
    node,
    mode: mode.trim() || 'no answer',
    health: healthOf(health),
    lastSync: ago,
    syncs: metric(metrics, 'kubeproxy_sync_proxy_rules_duration_seconds_count') ?? 'unknown',
  };
}

function healthOf(text: string): string {
  if (text.trim() === '') return 'no answer';
  return /unhealthy|fail/i.test(text) ? 'not healthy' : 'healthy';
}

function metric(text: string, name: string): string | undefined {
  return new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1];
}

const separator = '----8<----';

/** kube-proxy's ports: 10249 tells mode and metrics, 10256 health. */
const ask = `get() { if command -v busybox >/dev/null; then timeout 3 busybox wget -q -O - "$1"; else curl -s -m 3 "$1"; fi; }
for url in http://127.0.0.1:10249/proxyMode http://127.0.0.1:10256/healthz http://127.0.0.1:10249/metrics; do
  get "$url" 2>/dev/null; echo; echo '${separator}'
done`;
