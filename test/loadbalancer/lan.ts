import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { run } from '../../lib/exec.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { waitFor } from '../../lib/wait.ts';

export type Place = 'outside' | 'n1' | 'n2';

/** Two nodes on a LAN, and somebody outside; the API server is at https://127.0.0.1:6443 on each node. */
export interface Lan {
  /** The standard output of a program at a place, whatever its exit code. */
  ask(place: Place, ...argv: string[]): Promise<string>;
  /** Starts a program that goes on; what it says is added to `FOLDER/PLACE.log`. */
  start(place: Place, ...argv: string[]): ChildProcess;
  close(): Promise<void>;
}

export async function createLan(folder: string, apiSocket: string): Promise<Lan> {
  const isRoot = process.getuid?.() === 0;
  const own = [...(isRoot ? [] : ['--user', '--map-root-user']), '--net', '--mount', '--pid'];
  const script = ['sh', `${repositoryRoot()}/test/loadbalancer/lan.sh`, folder, process.execPath, apiSocket];
  const child = spawn('unshare', [...own, '--fork', '--kill-child', '--mount-proc', ...script], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const gone = once(child, 'exit');
  const isReady = () => {
    if (child.exitCode !== null) throw new Error('the LAN did not come up');
    return existsSync(`${folder}/ready-until-closed`);
  };
  await waitFor(isReady, { what: 'the LAN', timeoutMs: 15_000 });
  const pid = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const user = isRoot ? [] : ['--user', '--preserve-credentials'];
  // Not into its process ids: so what is started is a child of ours.
  const enter = (place: Place) => [
    ...[`--target=${pid}`, ...user, '--net', '--mount', '--'],
    ...(place === 'outside' ? [] : ['nsenter', `--net=/run/netns/${place}`, '--']),
  ];
  return {
    ask: async (place, ...argv) =>
      (await run('nsenter', [...enter(place), ...argv], { okCodes: [0, 1, 2, 255], timeoutMs: 20_000 }))
        .stdout,
    start(place, ...argv) {
      const log = openSync(`${folder}/${place}.log`, 'a');
      return spawn('nsenter', [...enter(place), ...argv], { stdio: ['ignore', log, log] });
    },
    async close() {
      child.stdin?.end();
      child.kill('SIGKILL');
      await gone;
    },
  };
}
