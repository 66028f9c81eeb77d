import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { WorkshopError } from '../../lib/errors.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { loadSettings, parseSettings } from '../../lib/settings/load.ts';
import { kubernetesServiceAddress, lanAddress } from '../../lib/settings/meaning.ts';

const committed = readFileSync(`${repositoryRoot()}/settings.yaml`, 'utf8');

describe('settings', () => {
  it('reads the committed file', () => {
    const settings = loadSettings();
    expect(settings.nodes.map(({ address }) => address)).to.deep.equal([
      '192.168.56.10',
      '192.168.56.11',
      '192.168.56.12',
    ]);
    expect(settings.proxy).to.deep.equal({ mode: 'nftables', scheduler: 'rr' });
    expect(lanAddress(settings)).to.equal('192.168.56.1');
    expect(kubernetesServiceAddress(settings)).to.equal('172.17.0.1');
  });

  it('freezes everything', () => {
    const settings = loadSettings();
    expect(Object.isFrozen(settings.nodes[0])).to.equal(true);
    expect(Object.isFrozen(settings.network)).to.equal(true);
  });

  it('takes an empty pool as none', () => {
    const text = committed.replace('loadBalancers: 192.168.56.240-192.168.56.250', 'loadBalancers:');
    expect(parseSettings(text, 'x').network.loadBalancers).to.equal(undefined);
  });

  const faults: [what: string, from: string, to: string, message: string][] = [
    [
      'host bits',
      'pods: 172.16.0.0/16',
      'pods: 172.16.1.0/16',
      'network.pods: 172.16.1.0/16 has host bits set; did you mean 172.16.0.0/16?',
    ],
    [
      'an overlap',
      'services: 172.17.0.0/18',
      'services: 172.16.0.0/18',
      'network.services: 172.16.0.0/18 overlaps network.pods 172.16.0.0/16',
    ],
    [
      'an unknown field',
      '  domain:',
      '  domian: x\n  domain:',
      'network.domian: unknown field; did you mean domain?',
    ],
    ['an unknown section', 'proxy:', 'porxy: {}\nproxy:', 'porxy: unknown field; did you mean proxy?'],
    ['a missing field', '  domain: cluster.local\n', '', 'network.domain: is missing'],
    ['a wrong type', 'domain: cluster.local', 'domain: 5', 'network.domain: must be text, not 5'],
    [
      'a bad name of a node',
      'worker-node01',
      'Worker_1',
      'nodes[1].name: "Worker_1" must be lower-case letters',
    ],
    [
      'a bad address',
      '192.168.56.11',
      '192.168.56.300',
      'nodes[1].address: "192.168.56.300" is not an IPv4 address',
    ],
    [
      'a node outside',
      '192.168.56.11',
      '10.0.0.11',
      'nodes[1].address: 10.0.0.11 is outside network.nodes 192.168.56.0/24',
    ],
    [
      'a node on a reserved address',
      '192.168.56.11',
      '192.168.56.1',
      'nodes[1].address: 192.168.56.1 is reserved',
    ],
    ['a name twice', 'worker-node02', 'worker-node01', 'nodes[2].name: worker-node01 is there twice'],
    ['an address twice', '192.168.56.12', '192.168.56.11', 'nodes[2].address: 192.168.56.11 is there twice'],
    [
      'DNS outside',
      'dns: 172.17.0.10',
      'dns: 10.0.0.10',
      'network.dns: 10.0.0.10 is outside network.services',
    ],
    [
      'the address of the Service kubernetes',
      'dns: 172.17.0.10',
      'dns: 172.17.0.1',
      'network.dns: 172.17.0.1 belongs to the Service kubernetes',
    ],
    [
      'a downward port range',
      '30000-32767',
      '32767-30000',
      'network.nodePorts: "32767-30000" must go upwards',
    ],
    [
      'a pool over a node',
      '192.168.56.240-',
      '192.168.56.12-',
      'network.loadBalancers: 192.168.56.12 belongs to worker-node02',
    ],
    [
      'a pool outside',
      '240-192.168.56.250',
      '240-192.168.57.250',
      'network.loadBalancers: 192.168.57.250 is outside',
    ],
    [
      'a pod network too small',
      'pods: 172.16.0.0/16',
      'pods: 172.16.0.0/23',
      'network.pods: 172.16.0.0/23 has no /24 for each of 3 nodes',
    ],
    [
      'an unknown mode',
      'mode: nftables',
      'mode: nftable',
      'proxy.mode: nftable is none of nftables, iptables, ipvs, userspace; did you mean nftables?',
    ],
  ];
  for (const [what, from, to, message] of faults) {
    it(`refuses ${what} and names the field`, () => {
      expect(committed).to.contain(from);
      expect(() => parseSettings(committed.replace(from, to), 'settings.yaml')).to.throw(
        WorkshopError,
        message,
      );
    });
  }

  it('refuses what is no YAML, naming the line', () => {
    expect(() => parseSettings('a: [', 'settings.yaml')).to.throw(WorkshopError, /settings\.yaml.*line 1/s);
    expect(() => parseSettings('', 'settings.yaml')).to.throw(WorkshopError, 'the file: must be a map');
  });

  it('says which file cannot be read', () => {
    expect(() => loadSettings('/nowhere/settings.yaml')).to.throw(WorkshopError, '/nowhere/settings.yaml');
  });
});
