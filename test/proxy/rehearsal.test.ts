import { expect } from 'chai';
import { parseOptions } from '../../proxy/options.ts';
import { modes } from '../../proxy/plan.ts';
import { rehearse } from '../../proxy/rehearsal.ts';

describe('the rehearsal of the first sync', () => {
  for (const mode of modes) {
    const { plan } = parseOptions(['--kubeconfig', 'none', '--proxy-mode', mode]);

    it(`goes through the work of mode ${mode} and ends by itself`, async () => {
      expect(await rehearse(plan, new Promise(() => {}))).to.equal(5000);
    });

    it(`ends in mode ${mode} when the lists are here, or are not to be had`, async () => {
      expect(await rehearse(plan, Promise.resolve())).to.equal(100);
      expect(await rehearse(plan, Promise.reject(new Error('aborted')))).to.equal(100);
    });
  }
});
