import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { run } from '../../lib/exec.ts';
import type { Family } from '../../lib/ip.ts';
import { renderTable } from '../../proxy/backends/nftables/backend.ts';
import { unitsOf } from '../../proxy/model/resolve.ts';
import { storeOf } from './store-of.ts';

/** Pairs of cluster and table: `NAME.input.yaml` and `NAME.output.nft`. UPDATE_GOLDEN=1 writes the second ones anew. */
const folder = new URL('./golden/', import.meta.url);

describe('the table for a whole cluster, as text', () => {
  const names = readdirSync(folder).flatMap((file) =>
    file.endsWith('.input.yaml') ? [file.slice(0, -11)] : [],
  );

  for (const name of names) {
    it(`is for ${name} what it was`, () => {
      const output = new URL(`${name}.output.nft`, folder);
      const text = render(readFileSync(new URL(`${name}.input.yaml`, folder), 'utf8'));
      if (process.env['UPDATE_GOLDEN']) writeFileSync(output, text);
      expect(text).to.equal(readFileSync(output, 'utf8'));
    });

    it(`is for ${name} accepted by nft, also a second time`, async () => {
      const text = readFileSync(new URL(`${name}.output.nft`, folder), 'utf8');
      const inOwnNet = ['--user', '--map-root-user', '--net', 'nft', '-f', '-'];
      await run('unshare', inOwnNet, { input: text + text });
    });
  }

  it('is refused by nft when a name in it is broken', async () => {
    const [name] = names;
    const text = readFileSync(new URL(`${name}.output.nft`, folder), 'utf8').replace(
      'map @services',
      'map @service',
    );
    const outcome = await run('unshare', ['--user', '--map-root-user', '--net', 'nft', '-f', '-'], {
      input: text,
      okCodes: [1],
    });
    expect(outcome.stderr).to.include('Error');
  });
});

function render(yaml: string): string {
  const store = storeOf(yaml);
  const options = {
    scheduler: 'rr',
    masqueradeAll: false,
    detector: { kind: 'cidr', cidrs: ['172.16.0.0/16', 'fd16::/48'] },
    nodePortCidrs: 'primary',
    serviceCidrs: ['172.17.0.0/18'],
  } as const;
  const families: Family[] = ['IPv4', 'IPv6'];
  return families
    .map((family) => {
      const units = [...store.services()].flatMap(([key, service]) =>
        unitsOf(service, store.slicesOf(key), store.node, family),
      );
      return renderTable(family, options, store.node, units);
    })
    .join('');
}
