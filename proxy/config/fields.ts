/**
 * The fields of a KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1, as of Kubernetes 1.35), by their path. The value is the
 * flag with the same meaning, or `unused` for fields that have none here: they are named in a warning.
 */
export const fields: Readonly<Record<string, string>> = {
  apiVersion: '',
  kind: '',
  mode: 'proxy-mode',
  hostnameOverride: 'hostname-override',
  bindAddress: 'bind-address',
  healthzBindAddress: 'healthz-bind-address',
  metricsBindAddress: 'metrics-bind-address',
  'clientConnection.kubeconfig': 'kubeconfig',
  clusterCIDR: 'cluster-cidr',
  detectLocalMode: 'detect-local-mode',
  'detectLocal.bridgeInterface': 'pod-bridge-interface',
  'detectLocal.interfaceNamePrefix': 'pod-interface-name-prefix',
  nodePortAddresses: 'nodeport-addresses',
  'conntrack.tcpBeLiberal': 'conntrack-tcp-be-liberal',
  'nftables.scheduler': 'nftables-scheduler',
  'nftables.masqueradeBit': 'nftables-masquerade-bit',
  'nftables.masqueradeAll': 'masquerade-all',
  'nftables.syncPeriod': 'nftables-sync-period',
  'nftables.minSyncPeriod': 'nftables-min-sync-period',
  'iptables.scheduler': 'iptables-scheduler',
  'iptables.masqueradeBit': 'iptables-masquerade-bit',
  'iptables.masqueradeAll': 'masquerade-all',
  'iptables.localhostNodePorts': 'iptables-localhost-nodeports',
  'iptables.syncPeriod': 'iptables-sync-period',
  'iptables.minSyncPeriod': 'iptables-min-sync-period',
  'ipvs.scheduler': 'ipvs-scheduler',
  'ipvs.excludeCIDRs': 'ipvs-exclude-cidrs',
  'ipvs.strictARP': 'ipvs-strict-arp',
  'ipvs.syncPeriod': 'ipvs-sync-period',
  'ipvs.minSyncPeriod': 'ipvs-min-sync-period',
  'ipvs.tcpTimeout': 'ipvs-tcp-timeout',
  'ipvs.tcpFinTimeout': 'ipvs-tcpfin-timeout',
  'ipvs.udpTimeout': 'ipvs-udp-timeout',
  portRange: 'proxy-port-range',
  // Of Kubernetes before 1.26, when it had the userspace mode.
  udpIdleTimeout: 'udp-timeout',
  featureGates: 'unused',
  logging: 'unused',
  bindAddressHardFail: 'unused',
  enableProfiling: 'unused',
  showHiddenMetricsForVersion: 'unused',
  oomScoreAdj: 'unused',
  configSyncPeriod: 'unused',
  winkernel: 'unused',
  windowsRunAsService: 'unused',
  'clientConnection.acceptContentTypes': 'unused',
  'clientConnection.contentType': 'unused',
  'clientConnection.qps': 'unused',
  'clientConnection.burst': 'unused',
  'conntrack.maxPerCore': 'unused',
  'conntrack.min': 'unused',
  'conntrack.tcpEstablishedTimeout': 'unused',
  'conntrack.tcpCloseWaitTimeout': 'unused',
  'conntrack.udpTimeout': 'unused',
  'conntrack.udpStreamTimeout': 'unused',
};

/** In the section that does not belong to the mode, `masqueradeAll` has no meaning. Mode ipvs reads that of iptables, as kube-proxy. */
export function isOfOtherMode(path: string, mode: string): boolean {
  const section = mode === 'nftables' || mode === '' ? 'nftables' : 'iptables';
  return path.endsWith('.masqueradeAll') && path !== `${section}.masqueradeAll`;
}
