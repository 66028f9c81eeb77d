import { formatYaml, parseYaml } from '../../lib/yaml.ts';
import type { KeyPair } from './authority.ts';

export interface KubeconfigParts extends KeyPair {
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  readonly ca: string;
}

/** A kubeconfig of one context, named as kubeadm names it: `user@cluster`. Certificates and key are inside. */
export function formatKubeconfig({ cluster, user, server, ca, cert, key }: KubeconfigParts): string {
  const context = `${user}@${cluster}`;
  return formatYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster, cluster: { 'certificate-authority-data': base64(ca), server } }],
    users: [
      { name: user, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } },
    ],
    contexts: [{ name: context, context: { cluster, user } }],
    'current-context': context,
    preferences: {},
  });
}

/** What matters of a kubeconfig that formatKubeconfig has written; undefined when it is anything else. */
export function readKubeconfig(text: string): (KeyPair & { server: string; ca: string }) | undefined {
  const value = parseYaml(text, 'kubeconfig') as Partial<Written> | null;
  const cluster = value?.clusters?.[0]?.cluster;
  const user = value?.users?.[0]?.user;
  if (!cluster || !user) return undefined;
  return {
    server: cluster.server,
    ca: plain(cluster['certificate-authority-data']),
    cert: plain(user['client-certificate-data']),
    key: plain(user['client-key-data']),
  };
}

interface Written {
  clusters: { cluster: { 'certificate-authority-data': string; server: string } }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const plain = (text: string) => Buffer.from(text, 'base64').toString();
