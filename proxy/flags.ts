/** One command line flag. `text` explains it in `--help`; values are kube-proxy's where the name is. */
export interface Flag {
  readonly name: string;
  readonly kind: 'text' | 'switch' | 'list';
  readonly value?: string;
  readonly byDefault?: string | boolean;
  readonly text: string;
}

/** In the order of `--help`. Names and meanings are kube-proxy's unless the text says "ours". */
export const flags: readonly Flag[] = [
  {
    name: 'config',
    kind: 'text',
    value: 'FILE',
    text: 'a KubeProxyConfiguration; its values win over flags, and its changes are taken up at once (ours)',
  },
  { name: 'kubeconfig', kind: 'text', value: 'FILE', text: 'how to reach the API server' },
  { name: 'hostname-override', kind: 'text', value: 'NAME', text: "this node's name, instead of the host's" },
  {
    name: 'proxy-mode',
    kind: 'text',
    value: 'MODE',
    byDefault: 'nftables',
    text: 'nftables, iptables, ipvs or userspace; ipvs falls back to iptables, and that to userspace',
  },
  {
    name: 'nftables-scheduler',
    kind: 'text',
    value: 'rr|random',
    byDefault: 'rr',
    text: 'how a backend is picked: in turn, or by chance as kube-proxy does (ours)',
  },
  {
    name: 'iptables-scheduler',
    kind: 'text',
    value: 'random|rr',
    byDefault: 'random',
    text: 'how a backend is picked: by chance as kube-proxy does, or in turn (ours)',
  },
  {
    name: 'ipvs-scheduler',
    kind: 'text',
    value: 'NAME',
    byDefault: 'rr',
    text: "rr, wrr, lc, wlc, lblc, lblcr, sh, dh, sed, nq or mh (the kernel's)",
  },
  {
    name: 'endpoints-api',
    kind: 'text',
    value: 'WHICH',
    byDefault: 'auto',
    text: 'slices (discovery.k8s.io/v1), endpoints (core/v1), or auto: slices where the API server has them (ours)',
  },
  { name: 'cluster-cidr', kind: 'text', value: 'CIDR[,CIDR]', byDefault: '', text: "the pods' networks" },
  {
    name: 'detect-local-mode',
    kind: 'text',
    value: 'MODE',
    byDefault: 'ClusterCIDR',
    text: "how pods' traffic is told from other: ClusterCIDR, NodeCIDR, BridgeInterface, InterfaceNamePrefix",
  },
  { name: 'pod-bridge-interface', kind: 'text', value: 'NAME', byDefault: '', text: 'for BridgeInterface' },
  {
    name: 'pod-interface-name-prefix',
    kind: 'text',
    value: 'PREFIX',
    byDefault: '',
    text: 'for InterfaceNamePrefix',
  },
  {
    name: 'nodeport-addresses',
    kind: 'list',
    value: 'CIDR,…',
    byDefault: 'primary',
    text: "networks of the node's addresses that open node ports; primary: the Node's first address",
  },
  {
    name: 'service-cidr',
    kind: 'list',
    value: 'CIDR,…',
    byDefault: '',
    text: 'networks of cluster IPs; addresses nobody has are dropped. Those of ServiceCIDRs in the API come on top (ours)',
  },
  {
    name: 'masquerade-all',
    kind: 'switch',
    byDefault: false,
    text: 'masquerade everything sent to cluster IPs',
  },
  {
    name: 'nftables-masquerade-bit',
    kind: 'text',
    value: 'BIT',
    byDefault: '14',
    text: 'bit of the packet mark that asks for masquerading (0-31)',
  },
  {
    name: 'nftables-sync-period',
    kind: 'text',
    value: 'TIME',
    byDefault: '30s',
    text: 'how often the table is checked, and how soon a failed sync is tried again',
  },
  {
    name: 'nftables-min-sync-period',
    kind: 'text',
    value: 'TIME',
    byDefault: '5ms',
    text: 'least pause between two syncs; changes that come meanwhile are written together (kube-proxy: 1s)',
  },
  {
    name: 'iptables-sync-period',
    kind: 'text',
    value: 'TIME',
    byDefault: '30s',
    text: 'the same for mode iptables',
  },
  {
    name: 'iptables-min-sync-period',
    kind: 'text',
    value: 'TIME',
    byDefault: '5ms',
    text: 'the same for mode iptables (kube-proxy: 1s)',
  },
  {
    name: 'ipvs-sync-period',
    kind: 'text',
    value: 'TIME',
    byDefault: '30s',
    text: 'the same for mode ipvs',
  },
  {
    name: 'ipvs-min-sync-period',
    kind: 'text',
    value: 'TIME',
    byDefault: '5ms',
    text: 'the same for mode ipvs (kube-proxy: 0s)',
  },
  {
    name: 'iptables-masquerade-bit',
    kind: 'text',
    value: 'BIT',
    byDefault: '14',
    text: 'the same bit for the other modes',
  },
  {
    name: 'iptables-localhost-nodeports',
    kind: 'switch',
    byDefault: false,
    text: 'open node ports on 127.0.0.0/8 too, where --nodeport-addresses has it (kube-proxy: on)',
  },
  {
    name: 'ipvs-strict-arp',
    kind: 'switch',
    byDefault: false,
    text: 'answer ARP only on the interface that has the address',
  },
  {
    name: 'ipvs-exclude-cidrs',
    kind: 'list',
    value: 'CIDR,…',
    byDefault: '',
    text: 'virtual servers in these networks are left alone',
  },
  {
    name: 'ipvs-tcp-timeout',
    kind: 'text',
    value: 'TIME',
    byDefault: '0',
    text: 'idle TCP connections; 0: as it is',
  },
  {
    name: 'ipvs-tcpfin-timeout',
    kind: 'text',
    value: 'TIME',
    byDefault: '0',
    text: 'TCP connections after a FIN',
  },
  { name: 'ipvs-udp-timeout', kind: 'text', value: 'TIME', byDefault: '0', text: 'UDP flows' },
  {
    name: 'proxy-port-range',
    kind: 'text',
    value: 'FROM-TO',
    byDefault: '',
    text: 'where mode userspace takes its own ports from; empty: any',
  },
  {
    name: 'udp-timeout',
    kind: 'text',
    value: 'TIME',
    byDefault: '5s',
    text: 'how long mode userspace remembers a UDP client without traffic (kube-proxy: 250ms)',
  },
  {
    name: 'healthz-bind-address',
    kind: 'text',
    value: 'IP:PORT',
    byDefault: '0.0.0.0:10256',
    text: '/healthz and /livez; empty: off',
  },
  {
    name: 'metrics-bind-address',
    kind: 'text',
    value: 'IP:PORT',
    byDefault: '127.0.0.1:10249',
    text: '/metrics, /proxyMode and /healthz; empty: off',
  },
  {
    name: 'bind-address',
    kind: 'text',
    value: 'IP',
    byDefault: '0.0.0.0',
    text: "overrides the node's address",
  },
  {
    name: 'conntrack-tcp-be-liberal',
    kind: 'switch',
    byDefault: false,
    text: 'accept packets outside the TCP window',
  },
  { name: 'cleanup', kind: 'switch', byDefault: false, text: 'remove all rules, then exit' },
  {
    name: 'dry-run',
    kind: 'switch',
    byDefault: false,
    text: 'print the rules for the cluster as it is, then exit (ours)',
  },
  { name: 'v', kind: 'text', value: 'N', byDefault: '2', text: 'how much to log; from 4 on, debug' },
  { name: 'version', kind: 'switch', byDefault: false, text: 'print the version, then exit' },
  { name: 'help', kind: 'switch', byDefault: false, text: 'print this' },
];

/** What `proxy --help` prints. */
export function helpText(): string {
  const lines = flags.map(({ name, value, byDefault, text }) => {
    const left = `  --${name}${value === undefined ? '' : ` ${value}`}`;
    const tail = typeof byDefault === 'string' && byDefault !== '' ? ` [${byDefault}]` : '';
    return left.length < 34 ? `${left.padEnd(34)}${text}${tail}` : `${left}\n${' '.repeat(34)}${text}${tail}`;
  });
  return `The node proxy: keeps a node's kernel sending Service traffic to endpoints.

Usage: proxy --kubeconfig FILE [--hostname-override NAME] [flags]

${lines.join('\n')}

Examples:
  proxy --kubeconfig /etc/kubernetes/kube-proxy.conf --cluster-cidr 172.16.0.0/16
  proxy --kubeconfig proxy.conf --hostname-override worker-node01 --dry-run | nft --check -f -
  proxy --cleanup
`;
}
