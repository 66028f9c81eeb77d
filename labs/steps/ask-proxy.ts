import type { Lab } from '../lab.ts';

/** Where kube-proxy, and so a proxy in its place, listens on its node. */
const ports = { healthz: 10256, configz: 10249, proxyMode: 10249 } as const;

/**
 * What the proxy of a node answers to a request made in a shell there; undefined when it answers with an error, or not at all within
 * three seconds at a sandbox's pace. A proxy may be at work for that long where machines are emulated.
 */
export async function askProxy(
  lab: Lab,
  node: string,
  path: keyof typeof ports,
): Promise<string | undefined> {
  const url = `http://127.0.0.1:${ports[path]}/${path}`;
  const patience = String(Math.ceil(3 * (lab.pace ?? 1)));
  const { stdout, exitCode } = await lab.onNode(node, ['sh', '-c', ask, 'sh', url, patience]);
  return exitCode === 0 ? stdout : undefined;
}

const ask = `if command -v curl >/dev/null; then exec curl -sf -m "$2" "$1"; fi
timeout "$2" busybox wget -q -O - "$1" || timeout "$2" wget -q -O - "$1"`;
