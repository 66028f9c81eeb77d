import { CheckFailure } from '../check-failure.ts';
import type { Lab } from '../lab.ts';
import { askProxy } from './ask-proxy.ts';
import { type Look, until } from './until.ts';

/** The process id of the node's proxy, as a shell on the node sees it. Throws CheckFailure when there is none. */
export async function proxyProcess(lab: Lab, node: string): Promise<string> {
  const pid = await findProxy(lab, node);
  if (pid !== undefined) return pid;
  throw new CheckFailure({
    expected: `a proxy that runs on ${node}`,
    observed: 'no such process',
    look: `ps on ${node}`,
  });
}

/** Ends the proxy of a node and waits until it is back, by itself. Returns the new process id. */
export async function restartProxy(lab: Lab, node: string, pid: string): Promise<string> {
  await lab.onNode(node, ['kill', pid]);
  return until(
    lab,
    async (): Promise<Look<string>> => {
      const now = await findProxy(lab, node);
      if (now === undefined || now === pid) return { yet: now === pid ? 'the old process' : 'no proxy' };
      return (await proxyIsHealthy(lab, node)) ? { found: now } : { yet: 'a proxy that is not yet healthy' };
    },
    { expected: `the proxy of ${node} to be back`, look: `the processes and the proxy's log on ${node}` },
  );
}

/** True when the node's proxy says that it is well. */
export async function proxyIsHealthy(lab: Lab, node: string): Promise<boolean> {
  return (await askProxy(lab, node, 'healthz')) !== undefined;
}

/** A process whose arguments say that it is the proxy of this node, `--hostname-override NODE`. */
async function findProxy(lab: Lab, node: string): Promise<string | undefined> {
  const { stdout } = await lab.onNode(node, ['sh', '-c', byArguments, 'sh', node]);
  return stdout.split('\n').find((line) => line !== '');
}

const byArguments = `for file in /proc/[0-9]*/cmdline; do
  text=$(tr '\\000' ' ' < "$file" 2>/dev/null)
  case "$text" in
    *--hostname-override[\\ =]"$1"\\ *) pid=\${file#/proc/}; echo "\${pid%/cmdline}" ;;
  esac
done`;
