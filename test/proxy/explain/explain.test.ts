import { expect } from 'chai';
import { type Client, explain } from '../../../proxy/explain/explain.ts';
import { findDoor } from '../../../proxy/explain/find-door.ts';
import { explanationText } from '../../../proxy/explain/text.ts';
import type { Mode } from '../../../proxy/plan.ts';
import { unitsFor } from '../units.ts';

const nodeIp = '192.168.56.11';
const pod: Client = { kind: 'pod', address: '172.16.1.9' };
const outside: Client = { kind: 'outside', address: '192.168.56.1' };
const self: Client = { kind: 'node', address: nodeIp };
const here = { ip: '172.16.1.2', node: 'n1' };
const away = { ip: '172.16.2.2', node: 'n2' };

interface Case {
  name: string;
  service?: Record<string, unknown>;
  endpoints?: (typeof here)[];
  client: Client;
  port?: string;
  address?: string;
  mode?: Mode;
  sees: { verdict: string; endpoints?: string[]; source?: string | undefined; why: RegExp; place?: RegExp };
}

const local = { spec: { externalTrafficPolicy: 'Local' } };
const port = '30080';
const vip = '192.168.56.240';
const guarded = { spec: { loadBalancerSourceRanges: ['10.0.0.0/8'] } };
const balanced = { type: 'LoadBalancer', ingress: [{ ip: vip }] };

const cases: Case[] = [
  {
    name: 'a pod to the cluster IP: all endpoints, its own address is kept',
    client: pod,
    sees: {
      verdict: 'endpoints',
      endpoints: ['172.16.1.2', '172.16.2.2'],
      source: 'kept',
      why: /in turn/,
      place: /map services, element 172\.17\.0\.80 \. tcp \. 80/,
    },
  },
  {
    name: 'somebody outside to the cluster IP: masqueraded',
    client: outside,
    sees: { verdict: 'endpoints', source: 'node', why: /is no pod/ },
  },
  {
    name: 'no endpoint: refused',
    endpoints: [],
    client: pod,
    sees: { verdict: 'reject', endpoints: [], why: /no endpoint/, place: /set rejected,/ },
  },
  {
    name: 'internalTrafficPolicy Local without an endpoint here: dropped',
    service: { spec: { internalTrafficPolicy: 'Local' } },
    endpoints: [away],
    client: pod,
    sees: { verdict: 'drop', why: /internalTrafficPolicy is Local and no endpoint/ },
  },
  {
    name: 'a node port under policy Cluster: masqueraded',
    client: outside,
    port,
    sees: {
      verdict: 'endpoints',
      source: 'node',
      why: /masqueraded/,
      place: /map node-ports, element tcp \. 30080/,
    },
  },
  {
    name: 'a node port under policy Local from outside: the endpoint here',
    service: local,
    client: outside,
    port,
    sees: {
      verdict: 'endpoints',
      endpoints: ['172.16.1.2'],
      source: 'kept',
      why: /this node alone/,
      place: /map local-node-ports/,
    },
  },
  {
    name: 'the same without an endpoint here: dropped',
    service: local,
    endpoints: [away],
    client: outside,
    port,
    sees: { verdict: 'drop', why: /dropped/ },
  },
  {
    name: 'the same from a pod: the whole cluster',
    service: local,
    endpoints: [away],
    client: pod,
    port,
    sees: {
      verdict: 'endpoints',
      endpoints: ['172.16.2.2'],
      source: 'kept',
      why: /for clients from outside; a pod/,
    },
  },
  {
    name: 'the same from the node itself',
    service: local,
    endpoints: [away],
    client: self,
    port,
    sees: { verdict: 'endpoints', source: 'node', why: /this node itself/ },
  },
  {
    name: 'source ranges that do not have the client: dropped',
    service: { ...balanced, ...guarded },
    client: outside,
    address: vip,
    sees: { verdict: 'drop', why: /none of loadBalancerSourceRanges/ },
  },
  {
    name: 'source ranges are nothing to the node port',
    service: { ...balanced, ...guarded },
    client: outside,
    port,
    sees: { verdict: 'endpoints', why: /Cluster/ },
  },
  {
    name: 'mode userspace: another source, and retries',
    client: pod,
    mode: 'userspace',
    sees: {
      verdict: 'endpoints',
      source: 'node',
      why: /left for the next/,
      place: /workshop-proxy-userspace/,
    },
  },
  {
    name: 'mode iptables names its chains',
    client: pod,
    mode: 'iptables',
    sees: { verdict: 'endpoints', why: /by chance/, place: /KUBE-SERVICES, KUBE-SVC-[A-Z2-7]{16}$/ },
  },
  {
    name: 'mode ipvs names its virtual server',
    client: pod,
    mode: 'ipvs',
    sees: { verdict: 'endpoints', why: /mode ipvs/, place: /^virtual server tcp 172\.17\.0\.80:80$/ },
  },
];

describe('explaining a connection', () => {
  for (const {
    name,
    service = {},
    endpoints = [here, away],
    client,
    port,
    address,
    mode = 'nftables',
    sees,
  } of cases) {
    it(name, () => {
      const base = { type: 'NodePort', clusterIPs: ['172.17.0.80'], ports: [{ port: 80, nodePort: 30_080 }] };
      const units = unitsFor({ service: { ...base, ...service }, endpoints });
      const found = findDoor(units, { port, address }, nodeIp);
      if (!found) throw new Error('no such door');
      const scheduler = mode === 'iptables' ? 'random' : 'rr';
      const seen = explain(found.unit, client, found.door, { mode, scheduler, nodeIps: [nodeIp] });
      expect(seen.verdict).to.equal(sees.verdict);
      if (sees.endpoints) expect(seen.endpoints.map((one) => one.address)).to.eql(sees.endpoints);
      if (sees.source) expect(seen.source).to.equal(sees.source);
      expect(seen.why.join('\n')).to.match(sees.why);
      if (sees.place) expect(seen.place).to.match(sees.place);
    });
  }

  it('warns of SCTP in mode userspace', () => {
    const [unit] = unitsFor({
      service: { ports: [{ port: 80, protocol: 'SCTP' }] },
      endpoints: [here],
      ports: [{ port: 80, protocol: 'SCTP' }],
    });
    if (!unit) throw new Error('no unit');
    const door = { kind: 'cluster-ip', address: unit.clusterIP } as const;
    const seen = explain(unit, pod, door, { mode: 'userspace', scheduler: 'rr', nodeIps: [] });
    expect([seen.verdict, seen.endpoints.length]).to.eql(['reject', 0]);
  });

  it('finds no door for a port that the Service does not have', () => {
    expect(findDoor(unitsFor({ endpoints: [here] }), { port: '81', address: undefined }, nodeIp)).to.equal(
      undefined,
    );
    expect(findDoor(unitsFor({ endpoints: [here] }), { port: '80', address: '10.9.9.9' }, nodeIp)).to.equal(
      undefined,
    );
  });

  it('reads well', () => {
    const units = unitsFor({ service: { clusterIPs: ['172.17.0.80'] }, endpoints: [here, away] });
    const found = findDoor(units, { port: undefined, address: undefined }, nodeIp);
    if (!found) throw new Error('no such door');
    const seen = explain(found.unit, pod, found.door, {
      mode: 'nftables',
      scheduler: 'rr',
      nodeIps: [nodeIp],
    });
    expect(explanationText(seen, 'box')).to.equal(
      [
        'box -> 172.17.0.80:80 reaches default/web/TCP',
        '  internalTrafficPolicy is Cluster: any of the 2 endpoints that this node may use',
        '  picked in turn (mode nftables)',
        "  the endpoint sees the client's own address 172.16.1.9",
        '  -> 172.16.1.2:8080 (on this node)',
        '  -> 172.16.2.2:8080',
        '  rules: table ip workshop-proxy, map services, element 172.17.0.80 . tcp . 80\n',
      ].join('\n'),
    );
  });
});
