import { renameSync, writeFileSync } from 'node:fs';
import { startSandbox } from '../../../sandbox/supervise/namespaces.ts';

/** Holds a sandbox with a few processes, as the supervisor does; writes the id of its pid 1 to the file given, which is whole once it is there. */
const note = process.argv[2] ?? '';
const script = 'mount -t tmpfs none /mnt; setsid sleep 600 & (trap "" TERM HUP INT; sleep 600) & sleep 600';
const { init } = await startSandbox(['sh', '-c', script], `${note}.log`);
writeFileSync(`${note}.new`, String(init.pid));
renameSync(`${note}.new`, note);
setInterval(() => {}, 60_000);
