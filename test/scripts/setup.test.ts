import { expect } from 'chai';
import { nodeProblem } from '../../scripts/setup/node-version.js';
import { missingPackages, packageProblem } from '../../scripts/setup/packages.js';

describe('set-up', () => {
  for (const [version, good] of [
    ['20.19.0', true],
    ['22.1.0', true],
    ['20.18.3', false],
    ['18.20.0', false],
  ] as const) {
    it(`${good ? 'accepts' : 'refuses'} Node.js ${version}`, () => {
      expect(nodeProblem(version) === undefined).to.equal(good);
    });
  }

  it('names each missing package once, in one command', () => {
    const missing = missingPackages('/usr/bin', (file) => !/unshare|nsenter|ip$/.test(file));
    expect(missing).to.deep.equal(['iproute2', 'util-linux']);
    expect(packageProblem(missing)).to.contain('sudo apt-get install -y iproute2 util-linux');
  });

  it('misses nothing on this machine', () => expect(missingPackages(process.env['PATH'])).to.deep.equal([]));
});
