import { messageOf } from '../../../lib/errors.ts';
import { files, unitName } from './layout.ts';
import { onNode } from './node-shell.ts';
import type { InstallOptions, NodeOutcome, TargetNode } from './target.ts';

/**
 * Takes the proxy off all nodes: the unit, its rules of every mode, its files with the key that only that node had. In the cluster
 * nothing of it was left. Services do not work on those nodes afterwards, until another proxy runs there.
 */
export async function uninstallProxy(
  options: Pick<InstallOptions, 'nodes' | 'dryRun' | 'onStep' | 'signal'>,
): Promise<NodeOutcome[]> {
  return await Promise.all(options.nodes.map((node) => uninstallFromNode(node, options)));
}

async function uninstallFromNode(
  node: TargetNode,
  { dryRun, onStep = () => {}, signal }: Pick<InstallOptions, 'dryRun' | 'onStep' | 'signal'>,
): Promise<NodeOutcome> {
  try {
    onStep(node.name, 'look');
    const { stdout } = await onNode(node, look, all, { signal });
    const there = stdout.split('\n').filter(Boolean);
    if (there.length === 0) return { node: node.name, kind: 'absent' };
    const steps = [
      `stop ${unitName}`,
      "remove the proxy's rules of every mode",
      ...there.map((file) => `remove ${file}`),
    ];
    if (dryRun) return { node: node.name, kind: 'planned', steps };
    for (const step of steps) onStep(node.name, step);
    await onNode(node, remove, [unitName, files.program, ...all], { timeoutMs: 180_000, signal });
    return { node: node.name, kind: 'removed' };
  } catch (error) {
    if (signal?.aborted) throw error;
    const known = error instanceof Error ? error : new Error(messageOf(error));
    return { node: node.name, kind: 'failed', error: known, undone: false };
  }
}

const all = [files.unit, files.program, files.config, files.kubeconfig];

const look = `for file; do [ -e "$file" ] && echo "$file"; done; true`;

/** The files go last: while the program is there, this can be done again. */
const remove = `set -e
unit=$1 program=$2
shift 2
systemctl disable --now --quiet "$unit" 2>/dev/null || :
if [ -e "$program" ]; then node "$program" --cleanup >/dev/null; fi
rm -f "$@"
for file; do
  folder=\${file%/*}
  case "$folder" in */workshop-proxy) rmdir "$folder" 2>/dev/null || : ;; esac
done
systemctl daemon-reload
systemctl reset-failed "$unit" 2>/dev/null || :`;
