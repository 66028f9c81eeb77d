import { expect } from 'chai';
import { parseOptions } from '../../proxy/options.ts';
import { modes } from '../../proxy/plan.ts';
import { rehearse } from '../../proxy/rehearsal.ts';

describe('the rehearsal of the first sync', () => {
  for (const mode of modes) {
    const { plan } = parseOptions(['--kubeconfig', 'none', '--proxy-mode', mode]);

    it(`goes through the work of mode ${mode} and ends by itself`, async () => {
      expect(await rehearse(plan, new Promise(() => {}), () => 0)).to.equal(5000);
    });

    it(`ends in mode ${mode} when the lists are here, or are not to be had`, async () => {
      expect(await rehearse(plan, Promise.resolve(), () => 0)).to.equal(100);
      expect(await rehearse(plan, Promise.reject(new Error('aborted')), () => 0)).to.equal(100);
    });
  }

  it('ends where it takes so long that the lists would have to wait for it', async () => {
    const { plan } = parseOptions(['--kubeconfig', 'none']);
    let time = 0;
    expect(await rehearse(plan, new Promise(() => {}), () => (time += 101))).to.equal(100);
  });
});
