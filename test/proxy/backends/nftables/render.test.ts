import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';
import { renderTable } from '../../../../proxy/backends/nftables/backend.ts';
import { nodeRecord } from '../../../../proxy/model/from-kube.ts';
import type { Unit } from '../../../../proxy/model/unit.ts';
import { node } from '../../objects.ts';
import { unitsFor } from '../../units.ts';
import { options } from './options.ts';

const own = nodeRecord(node({ name: 'n1', addresses: ['192.168.56.11'] }) as never);

const render = (units: readonly Unit[]) => renderTable('IPv4', options, own, units);

const web = (name: string, n: number, more = {}) =>
  unitsFor({
    service: { name, clusterIP: `172.17.0.${n}`, ...more },
    endpoints: [{ ip: `172.16.1.${n}` }, { ip: `172.16.2.${n}` }],
  });

async function hooksAfter(text: string): Promise<number> {
  const program = 'nft -f - && nft list table ip workshop-proxy';
  const inOwnNet = ['--user', '--map-root-user', '--net', 'sh', '-c', program];
  const { stdout } = await run('unshare', inOwnNet, { input: text });
  return stdout.split(' hook ').length - 1;
}

describe('the text of a whole table', () => {
  it('has no effect before its last command, which hooks the table into the kernel', async () => {
    const text = render([...web('a', 1), ...web('b', 2)]);
    const last = text.lastIndexOf('\ntable ip workshop-proxy {') + 1;
    expect(await hooksAfter(text.slice(0, last))).to.equal(0);
    expect(await hooksAfter(text)).to.equal(9);
  });

  it('gives a key that two Services want to the one that comes first by name, whichever was seen first', () => {
    const [a, b] = ['a', 'b'].map((name, i) => web(name, i + 1, { externalIPs: ['10.9.9.9'] }));
    const doors = (units: readonly Unit[]) => render(units).match(/^10\.9\.9\.9 .*$/gm);
    expect(doors([...(a ?? []), ...(b ?? [])])).to.have.lengthOf(1);
    expect(doors([...(b ?? []), ...(a ?? [])])).to.eql(doors([...(a ?? []), ...(b ?? [])]));
  });

  it('names an address once that several ports of a Service share', () => {
    const ports = [80, 81].map((port) => ({ name: `p${port}`, port }));
    const units = unitsFor({ service: { ports }, endpoints: [{ ip: '172.16.1.1' }], ports });
    expect(render(units).match(/^172\.17\.0\.80$/gm)).to.have.lengthOf(1);
  });
});
