/** What the nodes need of Debian: a kernel, a way in, and what Kubernetes, the proxy and the labs call. */
export const packages: readonly string[] = [
  ...['linux-image-cloud-amd64', 'openssh-server', 'sudo'],
  ...['iproute2', 'iputils-ping', 'iputils-arping', 'procps', 'kmod', 'netbase', 'less', 'curl'],
  ...['iptables', 'nftables', 'ipset', 'ipvsadm', 'conntrack', 'socat', 'ethtool', 'tcpdump'],
  ...['containerd', 'runc', 'crun', 'e2fsprogs', 'util-linux', 'busybox-static', 'nodejs'],
];

/** Services that a machine of an hour's life does without: each costs time at every boot. */
export const unwanted: readonly string[] = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer'],
  ...['e2scrub_reap.service', 'fstrim.timer', 'motd-news.timer', 'systemd-timesyncd.service'],
  ...['nftables.service', 'systemd-pstore.service', 'ipvsadm.service', 'getty@tty1.service'],
  // What is to be done once after new packages: these are the box's own, and packages do not change.
  ...['ldconfig.service', 'systemd-journal-catalog-update.service', 'systemd-update-done.service'],
  // For seats, displays, and file systems that nobody mounts here.
  ...['systemd-logind.service', 'modprobe@drm.service', 'modprobe@fuse.service', 'modprobe@configfs.service'],
  ...[
    'sys-fs-fuse-connections.mount',
    'sys-kernel-config.mount',
    'sys-kernel-tracing.mount',
    'dev-hugepages.mount',
  ],
];
