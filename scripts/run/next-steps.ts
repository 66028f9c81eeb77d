import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import type { Context } from '../cli/command.ts';

/** What a newcomer types next. */
export function nextSteps({ name, env }: Pick<Context, 'name' | 'env'>): string {
  const { kubeconfig } = clusterPaths(name, stateFolder(env));
  const commands: [string, string][] = [
    ['npx workshop list', 'the labs and what each check proves'],
    ['npx workshop verify L-08', 'run one check again'],
    ['npx workshop ssh worker-node01', 'a shell on a node'],
    ['npx workshop proxy rules worker-node01', 'the rules that make the Services'],
    ['npx workshop down', 'stop the cluster and remove every trace'],
  ];
  const width = Math.max(...commands.map(([command]) => command.length));
  return [
    'The cluster stays up. Type next:',
    `  export KUBECONFIG=${kubeconfig}`,
    '  kubectl get nodes,pods,services --output wide',
    ...commands.map(([command, does]) => `  ${command.padEnd(width)}   ${does}`),
    '',
  ].join('\n');
}
