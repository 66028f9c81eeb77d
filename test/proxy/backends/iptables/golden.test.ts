import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';
import type { Family } from '../../../../lib/ip.ts';
import { renderRules } from '../../../../proxy/backends/iptables/render.ts';
import { unitsOf } from '../../../../proxy/model/resolve.ts';
import { storeOf } from '../../store-of.ts';

/** The clusters of ../../golden as rules. UPDATE_GOLDEN=1 writes `golden/NAME.FAMILY.output.iptables` anew. */
const inputs = new URL('../../golden/', import.meta.url);
const outputs = new URL('./golden/', import.meta.url);

const inOwnNet = [
  '--user',
  '--map-root-user',
  '--net',
  '--mount',
  'sh',
  '-c',
  'mount -t tmpfs none /run; exec "$@"',
  '-',
];

describe('the iptables rules for a whole cluster, as text', function () {
  this.timeout(30_000);

  const names = readdirSync(inputs).flatMap((file) =>
    file.endsWith('.input.yaml') ? [file.slice(0, -11)] : [],
  );
  const pairs = names.flatMap((name) => (['IPv4', 'IPv6'] as const).map((family) => ({ name, family })));

  for (const { name, family } of pairs) {
    const output = new URL(`${name}.${family}.output.iptables`, outputs);

    it(`are for ${name} what they were (${family})`, () => {
      const text = render(readFileSync(new URL(`${name}.input.yaml`, inputs), 'utf8'), family);
      if (process.env['UPDATE_GOLDEN']) writeFileSync(output, text);
      expect(text).to.equal(readFileSync(output, 'utf8'));
    });

    for (const variant of ['nft', 'legacy']) {
      it(`are for ${name} accepted by iptables-${variant}-restore (${family})`, async () => {
        const command = `${family === 'IPv4' ? 'iptables' : 'ip6tables'}-${variant}-restore`;
        await run('unshare', [...inOwnNet, command, '--noflush'], { input: readFileSync(output, 'utf8') });
      });
    }
  }

  it('are refused by iptables-restore when a chain in them is missing', async () => {
    const text = readFileSync(new URL(`${names[0]}.IPv4.output.iptables`, outputs), 'utf8');
    const broken = text.replace(/^:KUBE-MARK-MASQ .*\n/m, '').replace(/^-A KUBE-MARK-MASQ .*\n/m, '');
    const outcome = await run('unshare', [...inOwnNet, 'iptables-nft-restore', '--noflush'], {
      input: broken,
      okCodes: [1, 2],
    });
    expect(outcome.stderr).to.include('KUBE-MARK-MASQ');
  });
});

function render(yaml: string, family: Family): string {
  const store = storeOf(yaml);
  const options = {
    scheduler: 'random',
    masqueradeAll: false,
    detector: { kind: 'cidr', cidrs: ['172.16.0.0/16', 'fd16::/48'] },
    nodePortCidrs: ['0.0.0.0/0', '::/0'],
    serviceCidrs: ['172.17.0.0/18'],
  } as const;
  const units = [...store.services()].flatMap(([key, service]) =>
    unitsOf(service, store.slicesOf(key), store.node, family),
  );
  return renderRules(family, options, store.node, units);
}
