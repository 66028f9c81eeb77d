import { familyOf } from '../../lib/ip.ts';
import { isPrivateReverse, isWithin, undashed } from './names.ts';
import type { ZoneRecord } from './record.ts';
import type { ZoneIndex } from './zone-index.ts';

/** What the answers are made from. */
export interface Zone {
  /** The cluster domain, in lower case. */
  domain: string;
  index: Pick<ZoneIndex, 'find' | 'exists'>;
  hasNamespace(name: string): boolean;
  /** Rises with every change. */
  serial(): number;
}

export type Rcode = 'NOERROR' | 'NXDOMAIN';

export type Resolution =
  | {
      kind: 'answer';
      rcode: Rcode;
      answers: ZoneRecord[];
      authorities: ZoneRecord[];
      additionals: ZoneRecord[];
    }
  /** The name, or what a CNAME leads to, is not ours to answer. */
  | { kind: 'elsewhere'; answers: ZoneRecord[]; target: string };

/** Longer chains of CNAMEs are taken for loops. */
const longestChain = 8;

/** Answers one question from the cluster's records. Pure. Names in lower case, without a dot at the end. */
export function resolve(zone: Zone, name: string, type: string): Resolution {
  const chain: ZoneRecord[] = [];
  let current = name;
  while (chain.length < longestChain) {
    const records = recordsOf(zone, current);
    const alias = records?.find((record) => record.type === 'CNAME');
    if (!records) return absent(zone, current, chain);
    if (!alias || type === 'CNAME') return found(zone, current, records, type, chain);
    chain.push(alias);
    current = String(alias.data);
  }
  return { kind: 'answer', rcode: 'NOERROR', answers: chain, authorities: [], additionals: [] };
}

/** The records of a name; an empty list when it exists without any, undefined when it does not exist. */
function recordsOf(zone: Zone, name: string): readonly ZoneRecord[] | undefined {
  const records = [...fixedRecords(zone, name), ...zone.index.find(name), ...podRecords(zone, name)];
  if (records.length > 0) return records;
  const exists = isWithin(name, zone.domain) ? zone.index.exists(name) || isStanding(zone, name) : false;
  return exists ? [] : undefined;
}

function found(
  zone: Zone,
  name: string,
  records: readonly ZoneRecord[],
  type: string,
  chain: readonly ZoneRecord[],
): Resolution {
  const answers = records.filter((record) => record.type === type);
  const authorities = answers.length === 0 ? [soa(zone, name)] : [];
  const additionals = answers.flatMap((record) =>
    record.type === 'SRV' ? addressesOf(zone, record.data.target) : [],
  );
  const distinct = [...new Map(additionals.map((record) => [JSON.stringify(record), record])).values()];
  return {
    kind: 'answer',
    rcode: 'NOERROR',
    answers: [...chain, ...answers],
    authorities,
    additionals: distinct,
  };
}

function absent(zone: Zone, name: string, chain: ZoneRecord[]): Resolution {
  if (!isWithin(name, zone.domain) && !isPrivateReverse(name)) {
    return { kind: 'elsewhere', answers: chain, target: name };
  }
  return {
    kind: 'answer',
    rcode: 'NXDOMAIN',
    answers: chain,
    authorities: [soa(zone, name)],
    additionals: [],
  };
}

function addressesOf(zone: Zone, name: string): ZoneRecord[] {
  return zone.index.find(name).filter(({ type }) => type === 'A' || type === 'AAAA');
}

/** The records that every cluster has: the zone's own, and the version of the specification. */
function fixedRecords(zone: Zone, name: string): ZoneRecord[] {
  if (name === zone.domain) return [soa(zone, name), { type: 'NS', name, data: `ns.dns.${zone.domain}` }];
  if (name === `dns-version.${zone.domain}`) return [{ type: 'TXT', name, data: '1.1.0' }];
  if (name === `ns.dns.${zone.domain}`) {
    return addressesOf(zone, `kube-dns.kube-system.svc.${zone.domain}`).map((record) => ({
      ...record,
      name,
    }));
  }
  return [];
}

/** `172-16-0-5.default.pod.cluster.local`: the address is taken from the name, if the namespace exists. */
function podRecords(zone: Zone, name: string): ZoneRecord[] {
  const suffix = `.pod.${zone.domain}`;
  if (!name.endsWith(suffix)) return [];
  const [label = '', namespace = '', ...more] = name.slice(0, -suffix.length).split('.');
  const address = undashed(label);
  if (address === undefined || more.length > 0 || !zone.hasNamespace(namespace)) return [];
  return [{ type: familyOf(address) === 'IPv6' ? 'AAAA' : 'A', name, data: address }];
}

/** `default.svc.cluster.local`, `default.pod.cluster.local` and what is above them exist, with or without records. */
function isStanding(zone: Zone, name: string): boolean {
  if (isWithin(`ns.dns.${zone.domain}`, name)) return true;
  for (const kind of ['svc', 'pod']) {
    const parent = `${kind}.${zone.domain}`;
    if (name === parent) return true;
    const below = name.endsWith(`.${parent}`) ? name.slice(0, -parent.length - 1) : undefined;
    if (below !== undefined && zone.hasNamespace(below)) return true;
  }
  return false;
}

/** Negative answers carry it, so that resolvers know how long to believe them (RFC 2308). */
function soa(zone: Zone, name: string): ZoneRecord {
  const apex = apexOf(zone, name);
  return {
    type: 'SOA',
    name: apex,
    data: {
      mname: `ns.dns.${apex}`,
      rname: `hostmaster.${apex}`,
      serial: zone.serial(),
      refresh: 7200,
      retry: 1800,
      expire: 86_400,
      minimum: 5,
    },
  };
}

/** The zone that a name lies in: the cluster's, or the one in which addresses are looked up. */
function apexOf(zone: Zone, name: string): string {
  return ['in-addr.arpa', 'ip6.arpa'].find((reverse) => isWithin(name, reverse)) ?? zone.domain;
}
