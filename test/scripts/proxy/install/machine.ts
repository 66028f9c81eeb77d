import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { type RunResult, run } from '../../../../lib/exec.ts';
import { repositoryRoot } from '../../../../lib/root.ts';
import { waitFor } from '../../../../lib/wait.ts';
import type { TargetNode } from '../../../../scripts/proxy/install/target.ts';

/** A stand-in for a node: namespaces of its own, real rules in its kernel, and a stand-in for systemd. */
export interface Machine {
  /** Reached without ssh. */
  readonly node: TargetNode;
  /** Program and arguments before a command that is to run there. */
  readonly enter: readonly [string, ...string[]];
  /** The standard output of a shell script there; the exit code is not looked at. */
  shell(script: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts one; `apiSocket` is where https://127.0.0.1:6443 leads to from there. */
export async function startMachine(folder: string, apiSocket: string): Promise<Machine> {
  const source = `${repositoryRoot()}/test/scripts/proxy/install`;
  for (const name of ['machine.sh', 'systemctl.sh']) copyFileSync(`${source}/${name}`, `${folder}/${name}`);
  const isRoot = process.getuid?.() === 0;
  const own = [...(isRoot ? [] : ['--user', '--map-root-user']), '--net', '--mount', '--pid'];
  const script = ['sh', `${folder}/machine.sh`, folder, process.execPath, apiSocket];
  const child = spawn('unshare', [...own, '--fork', '--kill-child', '--mount-proc', ...script], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const gone = once(child, 'exit');
  const ready = () => {
    if (child.exitCode !== null) throw new Error('the machine did not start');
    return existsSync(`${folder}/ready-until-closed`);
  };
  await waitFor(ready, { what: 'the machine', timeoutMs: 15_000 });
  const pid = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const user = isRoot ? [] : ['--user', '--preserve-credentials'];
  const enter: Machine['enter'] = ['nsenter', `--target=${pid}`, ...user, '--net', '--mount', '--pid', '--'];
  const shell = (text: string): Promise<RunResult> =>
    run(enter[0], [...enter.slice(1), 'sh', '-c', text], { okCodes: anyCode, timeoutMs: 30_000 });
  return {
    node: { name: 'worker-node01', address: '192.0.2.11', ssh: [...enter, 'sh', '-c'], become: [] },
    enter,
    shell: async (text) => (await shell(text)).stdout,
    async close() {
      child.stdin?.end();
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const anyCode = Array.from({ length: 256 }, (_, code) => code);
