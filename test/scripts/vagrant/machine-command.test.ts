import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { machineCommand } from '../../../lib/cluster/vagrant/machine-command.ts';
import { clusterPaths } from '../../../lib/paths.ts';
import { shellWord } from '../../../lib/shell-word.ts';

const paths = clusterPaths('x', '/state');
const nodes = ['master-node', 'worker-node01'];

describe('a command on a machine', () => {
  const words = ['plain', 'two words', "it's", '$HOME `id` "q" \\', '', 'a\nb', '*', '#x', '--flag=value'];

  it('keeps every word as it is through the shell at the far end', () => {
    const script = words.map(shellWord).join(' ');
    const seen = execFileSync('sh', ['-c', `for word in ${script}; do printf '%s\\0' "$word"; done`], {
      encoding: 'utf8',
    });
    expect(seen.split('\0').slice(0, -1)).to.deep.equal(words);
  });

  it('goes by ssh, as root, without a question', () => {
    expect(machineCommand(paths, nodes, 'worker-node01', ['nft', 'list', 'ruleset'])).to.deep.equal([
      ...['ssh', '-F', '/state/x/ssh_config', '-o', 'BatchMode=yes', 'worker-node01'],
      ...['--', 'sudo -n -- nft list ruleset'],
    ]);
  });

  it('asks for a terminal where there is one', () => {
    expect(machineCommand(paths, nodes, 'master-node', ['sh'], true)).to.include('-t');
  });

  it('is run here, not by ssh, where the place is outside of the cluster', () => {
    expect(machineCommand(paths, nodes, 'outside', ['ip', 'route'])).to.deep.equal(['ip', 'route']);
  });

  it('is refused for a node that is not there, with the likely one', () => {
    expect(() => machineCommand(paths, nodes, 'worker-node1', ['sh'])).to.throw(/did you mean worker-node01/);
  });
});
