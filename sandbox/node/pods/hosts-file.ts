import type { Pod } from './pod.ts';

/** The text of a pod's /etc/hosts, as the kubelet writes it. */
export function hostsFile(pod: Pod, address: string, clusterDomain: string): string {
  const names = nameOf(pod, clusterDomain);
  const aliases = (pod.spec?.hostAliases ?? []).map(({ ip = '', hostnames = [] }) => {
    return `${ip}\t${hostnames.join('\t')}`;
  });
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${address}\t${names}`,
    ...(aliases.length > 0 ? ['', '# Entries added by HostAliases.', ...aliases] : []),
    '',
  ].join('\n');
}

/** A pod's host name: spec.hostname or its name, at most 63 characters. */
export function hostnameOf(pod: Pod): string {
  return (pod.spec?.hostname || pod.metadata?.name || 'pod').slice(0, 63).replace(/[-.]+$/, '');
}

function nameOf(pod: Pod, clusterDomain: string): string {
  const hostname = hostnameOf(pod);
  const subdomain = pod.spec?.subdomain;
  if (!subdomain) return hostname;
  return `${hostname}.${subdomain}.${pod.metadata?.namespace}.svc.${clusterDomain}\t${hostname}`;
}
