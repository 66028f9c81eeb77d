import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** The facts of this machine that figures depend on, in one line. */
export function machineFacts(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB, Linux ${release()}, ${distribution()}, Node.js ${process.version}`;
}

function distribution(): string {
  return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown distribution';
}
