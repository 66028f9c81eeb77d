/** Where kube-proxy, and so a proxy in its place, listens on its node. */
const ports = { healthz: 10256, configz: 10249, metrics: 10249, proxyMode: 10249 } as const;

export type ProxyPath = keyof typeof ports;

/** What a proxy answered, by path, without white space around it. A path to which it answered with an error, or not in time, is not there. */
export type ProxyAnswers<Path extends ProxyPath = ProxyPath> = Readonly<Partial<Record<Path, string>>>;

/** One shell command on a node, for one way there may cost more than all the answers. It succeeds whatever the proxy does. */
export interface ProxyQuestion<Path extends ProxyPath> {
  readonly argv: readonly string[];
  /** Reads what the command printed. */
  readonly answers: (stdout: string) => ProxyAnswers<Path>;
}

/**
 * Asks the proxy of a node for some of its paths. `pace`: how many times longer things take there than in a sandbox, where a
 * proxy at work has three seconds for each answer.
 */
export function proxyQuestion<Path extends ProxyPath>(
  paths: readonly Path[],
  pace: number,
): ProxyQuestion<Path> {
  const urls = paths.map((path) => `http://127.0.0.1:${ports[path]}/${path}`);
  return {
    argv: ['sh', '-c', ask, 'sh', String(Math.ceil(3 * pace)), ...urls],
    answers(stdout) {
      const texts = stdout.split(`${separator}\n`).map((text) => text.trim());
      const pairs = paths.map((path, index) => [path, texts[index]] as const);
      return Object.fromEntries(pairs.filter(([, text]) => text)) as ProxyAnswers<Path>;
    },
  };
}

const separator = '----8<----';

/** A node of the sandbox has BusyBox and no curl, a machine has curl; another distribution's node may have wget alone. */
const ask = `patience=$1; shift
get() {
  if command -v curl >/dev/null; then curl -sf -m "$patience" "$1"
  elif command -v busybox >/dev/null; then timeout "$patience" busybox wget -q -O - "$1"
  else timeout "$patience" wget -q -O - "$1"
  fi
}
for url; do get "$url" 2>/dev/null; echo; echo '${separator}'; done`;
