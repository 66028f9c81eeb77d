import { join } from 'node:path';
import type { Bundle } from '../../lib/bundle/bundle.ts';
import { inRoot } from './in-root.ts';

/**
 * Imports the bundle's container images into the box's own container runtime, with the marks by which scripts/provision/node.sh
 * knows what is there. Here it takes seconds; an emulated machine takes a minute, and three do it beside each other. Machines
 * of another bundle import its images as if there were none. Throws ExecError.
 */
export async function importImages(root: string, bundle: Bundle, signal: AbortSignal): Promise<void> {
  await inRoot(root, ['sh', '-s'], { folder: join(bundle.folder, 'images'), input: script, signal });
}

const script = `set -eu
log=/tmp/containerd.log
containerd >$log 2>&1 & runtime=$!
until ctr version >/dev/null 2>&1; do
  kill -0 $runtime 2>/dev/null || { tail -n 3 $log >&2; exit 1; }
  sleep 0.1
done
for file in /mnt/*.tar; do
  name=\${file##*/}
  ctr -n k8s.io images import --local "$file" >/dev/null
  stat -c '%s %Y' "$file" >"/var/lib/containerd/workshop-\${name%.tar}"
done
kill $runtime
wait $runtime || true
`;
