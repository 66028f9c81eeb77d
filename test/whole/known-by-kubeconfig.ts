import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { openCluster } from '../../lib/cluster/open.ts';
import { type RunResult, run } from '../../lib/exec.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { type TestCluster, testCluster } from './cluster.ts';

/** The shared sandbox as the workshop knows somebody else's cluster: by its kubeconfig, with an `ssh` that leads to its nodes. */
export interface KnownCluster {
  readonly sandbox: TestCluster;
  /** The same by its own name. */
  readonly cluster: Cluster;
  readonly folder: string;
  readonly kubeconfig: string;
  readonly env: Record<string, string>;
  /** `workshop ARGV --kubeconfig FILE`, which knows of no sandbox. Exit codes are results. */
  workshop(kubeconfig: string, ...argv: string[]): Promise<RunResult>;
  /** Has `ssh` to that node run this script instead, until the function that it gives is called. */
  breakWay(node: string, script: string): () => void;
  forget(): void;
}

export const command = join(repositoryRoot(), 'scripts/bin/workshop.js');

/** Takes the shared sandbox, and starts it where no test has. */
export async function knownByKubeconfig(): Promise<KnownCluster> {
  const sandbox = await testCluster();
  const name = sandbox.env['WORKSHOP_NAME'] ?? '';
  const cluster = openCluster(name, clusterPaths(name, sandbox.stateDir));
  const folder = mkdtempSync(join(tmpdir(), 'any-cluster-'));
  const kubeconfig = join(folder, 'admin.conf');
  writeFileSync(kubeconfig, readFileSync(sandbox.kubeconfig), { mode: 0o600 });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'ssh'), standIn(cluster, folder), { mode: 0o755 });
  const env = {
    WORKSHOP_STATE_DIR: join(folder, 'state'),
    WORKSHOP_NAME: '',
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
  };
  return {
    sandbox,
    cluster,
    folder,
    kubeconfig,
    env,
    workshop(file, ...argv) {
      const end = argv.indexOf('--');
      const [words, rest] = end === -1 ? [argv, []] : [argv.slice(0, end), argv.slice(end)];
      // lib/exec.ts gives its own PATH to whatever it runs.
      const program = [`PATH=${env.PATH}`, process.execPath, command];
      return run('env', [...program, ...words, '--kubeconfig', file, ...rest], {
        okCodes: [0, 1, 2, 3, 4, 5],
        env,
      });
    },
    breakWay(node, script) {
      const file = join(folder, `instead-${node}`);
      writeFileSync(file, script);
      return () => rmSync(file);
    },
    forget() {
      cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Takes ssh's place: the word before `--` (or `-t`) is the node, the one behind it the command. */
function standIn({ nodes, nodeCommand }: Cluster, folder: string): string {
  const cases = nodes.map(({ name }) => {
    const words = nodeCommand(name, ['sh', '-c']).map(shellWord).join(' ');
    return `  ${name}) exec ${words} "$2" ;;`;
  });
  return [
    '#!/bin/sh',
    'if [ "$(echo "$*" | grep -c -e "-G ")" = 1 ]; then echo "user root"; echo "hostname $(shift $(($# - 1)); echo "$1")"; exit; fi',
    'while [ "$1" != -- ]; do [ "$1" = -t ] || node=$1; shift; done',
    `if [ -f ${shellWord(folder)}/instead-$node ]; then . ${shellWord(folder)}/instead-$node; fi`,
    'case $node in',
    ...cases,
    '  *) echo "ssh: no way to $node" >&2; exit 255 ;;',
    'esac',
    '',
  ].join('\n');
}
