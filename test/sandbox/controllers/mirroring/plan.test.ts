import { expect } from 'chai';
import { isMirrored, mirroredGroups } from '../../../../sandbox/controllers/mirroring/plan.ts';
import type { Endpoints } from '../../../../sandbox/controllers/objects.ts';
import { service } from '../build.ts';

describe('mirroring of hand-made Endpoints', () => {
  const byHand = service();
  delete byHand.spec?.selector;
  const endpoints = (metadata: Endpoints['metadata'] = {}): Endpoints => ({
    metadata: { name: 'web', ...metadata },
  });

  it('happens only for a Service that is there and has no selector', () => {
    expect(isMirrored(endpoints(), byHand)).to.equal(true);
    expect(isMirrored(endpoints(), service())).to.equal(false);
    expect(isMirrored(endpoints(), undefined)).to.equal(false);
    const skip = { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } };
    expect(isMirrored(endpoints(skip), byHand)).to.equal(false);
    const leader = { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } };
    expect(isMirrored(endpoints(leader), byHand)).to.equal(false);
  });

  it('parts families and ports, and says who is ready', () => {
    const groups = mirroredGroups({
      subsets: [
        {
          addresses: [{ ip: '192.0.2.1' }, { ip: 'fd00::1' }],
          notReadyAddresses: [{ ip: '192.0.2.2' }],
          ports: [{ port: 80 }],
        },
        { addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'b', port: 81 }] },
      ],
    });
    const seen = groups.map(({ addressType, ports, endpoints: list }) => [
      addressType,
      ports[0]?.port,
      list.map(({ addresses, conditions }) => `${addresses[0]} ${conditions?.ready}`),
    ]);
    expect(seen).to.deep.equal([
      ['IPv4', 80, ['192.0.2.1 true', '192.0.2.2 false']],
      ['IPv6', 80, ['fd00::1 true']],
      ['IPv4', 81, ['192.0.2.1 true']],
    ]);
  });
});
