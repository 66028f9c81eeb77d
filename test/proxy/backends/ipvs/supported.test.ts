import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { createIpvsBackend } from '../../../../proxy/backends/ipvs/backend.ts';
import { supported } from '../../../../proxy/backends/ipvs/supported.ts';

const installed = ['/usr/sbin/ipvsadm', '/sbin/ipvsadm'].some(existsSync);

describe('mode ipvs on this machine', () => {
  it('says why it cannot work where the program or the kernel part is missing', async () => {
    const why = await supported();
    if (!installed) expect(why).to.equal('the program ipvsadm is not installed');
    else if (!existsSync('/proc/net/ip_vs')) expect(why).to.equal('the kernel has no IPVS (module ip_vs)');
    else expect(why).to.be.oneOf([undefined, 'this process may not change virtual servers']);
  });

  it('refuses a partial change before a full one', async () => {
    const backend = createIpvsBackend('IPv4', {
      scheduler: 'rr',
      masqueradeAll: false,
      detector: { kind: 'nodeCidr' },
      nodePortCidrs: 'primary',
    });
    const failure = await backend.sync({ kind: 'partial', gone: [], units: [] }).catch(String);
    expect(failure).to.include('must be a full one');
    expect(await backend.verify()).to.equal(undefined);
  });
});
