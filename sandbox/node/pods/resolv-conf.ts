import type { Pod } from './pod.ts';

export interface DnsSettings {
  /** Address of the cluster's DNS service. */
  server: string;
  domain: string;
}

/** The text of a pod's /etc/resolv.conf by its dnsPolicy and dnsConfig; `host` is the node's own. */
export function resolvConf(pod: Pod, cluster: DnsSettings, host: string): string {
  const { nameservers, searches, options } = merged(pod, cluster, host);
  const lines = [
    searches.length > 0 ? `search ${searches.join(' ')}` : '',
    ...nameservers.map((server) => `nameserver ${server}`),
    options.length > 0 ? `options ${options.join(' ')}` : '',
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

interface Resolver {
  nameservers: string[];
  searches: string[];
  options: string[];
}

function merged(pod: Pod, cluster: DnsSettings, host: string): Resolver {
  const base = basis(pod, cluster, host);
  const extra = pod.spec?.dnsConfig;
  const own = (extra?.options ?? []).map(({ name = '', value }) => (value ? `${name}:${value}` : name));
  const ownNames = new Set(own.map(optionName));
  return {
    nameservers: unique([...base.nameservers, ...(extra?.nameservers ?? [])]),
    searches: unique([...base.searches, ...(extra?.searches ?? [])]),
    options: [...base.options.filter((option) => !ownNames.has(optionName(option))), ...own],
  };
}

function basis(pod: Pod, cluster: DnsSettings, host: string): Resolver {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None') return { nameservers: [], searches: [], options: [] };
  const usesHost = policy === 'Default' || (policy === 'ClusterFirst' && pod.spec?.hostNetwork === true);
  if (usesHost) return parse(host);
  const { domain } = cluster;
  return {
    nameservers: [cluster.server],
    searches: [`${pod.metadata?.namespace ?? 'default'}.svc.${domain}`, `svc.${domain}`, domain],
    options: ['ndots:5'],
  };
}

function parse(text: string): Resolver {
  const of = (word: string) => {
    return text.split('\n').flatMap((line) => {
      const [first, ...rest] = line.trim().split(/\s+/);
      return first === word ? [rest] : [];
    });
  };
  return {
    nameservers: of('nameserver').flat(),
    searches: of('search').at(-1) ?? [],
    options: of('options').flat(),
  };
}

function optionName(option: string): string {
  return option.split(':')[0] ?? option;
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
