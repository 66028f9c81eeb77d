/** A file of the box: path, text, and permissions when they are not 0644. */
export interface BoxFile {
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
}

/** Before packages are installed: nothing starts in the folder, little is unpacked. */
export function filesBefore(mirror: string, suite: string): BoxFile[] {
  return [
    // Debian's way to keep services from starting: policy-rc.d(8) answers 101, "forbidden".
    { path: 'usr/sbin/policy-rc.d', text: '#!/bin/sh\nexit 101\n', mode: 0o755 },
    { path: 'etc/apt/sources.list', text: `deb ${mirror} ${suite} main\n` },
    { path: 'etc/apt/apt.conf.d/90workshop', text: 'APT::Install-Recommends "false";\n' },
    { path: 'etc/dpkg/dpkg.cfg.d/workshop', text: lines(...withoutDocuments) },
    // The initial RAM disk is unpacked by an emulated CPU at every boot: only what finds /dev/vda.
    {
      path: 'etc/initramfs-tools/conf.d/workshop',
      text: lines('MODULES=list', 'COMPRESS=gzip', 'FSTYPE=ext4'),
    },
    { path: 'etc/initramfs-tools/modules', text: lines('virtio_pci', 'virtio_blk', 'ext4') },
  ];
}

const withoutDocuments = [
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/locale/*',
];

/** After it: a machine that Vagrant can enter and Kubernetes can use. `key` is the text of a public key. */
export function filesAfter(key: string): BoxFile[] {
  return [
    { path: 'etc/sudoers.d/vagrant', text: 'vagrant ALL=(ALL) NOPASSWD: ALL\n', mode: 0o440 },
    { path: 'home/vagrant/.ssh/authorized_keys', text: key, mode: 0o600 },
    // Vagrant's well-known key is an RSA key, and a lookup of names has no server to ask.
    {
      path: 'etc/ssh/sshd_config.d/workshop.conf',
      text: lines('UseDNS no', 'PubkeyAcceptedAlgorithms +ssh-rsa'),
    },
    { path: 'etc/systemd/network/10-eth0.network', text: managementNetwork },
    { path: 'etc/systemd/networkd.conf.d/workshop.conf', text: foreignRoutes },
    { path: 'etc/systemd/system/systemd-udev-trigger.service.d/workshop.conf', text: fewDevices },
    { path: `etc/systemd/system/${fixedAddressesUnit}`, text: fixedAddresses },
    {
      path: 'etc/systemd/journald.conf.d/workshop.conf',
      text: lines('[Journal]', 'Storage=volatile', 'RuntimeMaxUse=64M'),
    },
    { path: 'etc/hostname', text: 'debian\n' },
    { path: 'etc/hosts', text: lines('127.0.0.1 localhost', '127.0.1.1 debian') },
    { path: 'etc/resolv.conf', text: '' },
    { path: 'etc/modules-load.d/kubernetes.conf', text: lines('overlay', 'br_netfilter') },
    { path: 'etc/sysctl.d/90-kubernetes.conf', text: lines(...forKubernetes) },
    // And no swap, which the kubelet refuses.
    { path: 'etc/fstab', text: '/dev/vda / ext4 defaults,noatime 0 0\n' },
    // Nothing of the machine that built it: systemd makes a fresh one at the first boot.
    { path: 'etc/machine-id', text: '' },
    { path: 'etc/apt/sources.list', text: '' },
  ];
}

/** Vagrant's own network; Vagrant writes the file of the class network. */
const managementNetwork = lines(
  ...['[Match]', 'Name=eth0', '[Network]', 'DHCP=ipv4', 'LinkLocalAddressing=no'],
  ...['[DHCPv4]', 'UseDNS=no', 'UseHostname=no'],
);

/** Routes and rules of CNI plugins and proxies are none of systemd's business. */
const foreignRoutes = lines('[Network]', 'ManageForeignRoutes=no', 'ManageForeignRoutingPolicyRules=no');

export const fixedAddressesUnit = 'workshop-fixed-addresses.service';

/**
 * An emulator keeps its translation of a program by the address it runs at; where that is another one each time, each start is
 * translated anew (docs/vagrant.md). scripts/provision/node.sh asks for the same; here it begins with the boot.
 */
const fixedAddresses = lines(
  ...['[Unit]', 'Description=Programs at the same addresses each time', 'ConditionVirtualization=qemu'],
  ...['DefaultDependencies=no', 'Before=systemd-journald.service systemd-udevd.service sysinit.target'],
  ...['[Service]', 'Type=oneshot', "ExecStart=/bin/sh -c 'echo 0 >/proc/sys/kernel/randomize_va_space'"],
  ...['[Install]', 'WantedBy=sysinit.target'],
);

/** A virtual machine has a handful of devices of its own; udev looks at each of some hundreds that the kernel names. */
const fewDevices = lines(
  ...['[Service]', 'ExecStart='],
  ...['module', 'pci', 'virtio', 'block', 'net'].map((subsystem) =>
    trigger(`--subsystem-match=${subsystem}`),
  ),
  trigger('--subsystem-match=tty --sysname-match=ttyS0'),
);

function trigger(which: string): string {
  return `ExecStart=-udevadm trigger --type=all --action=add ${which}`;
}

const forKubernetes = [
  'net.ipv4.ip_forward = 1',
  'net.bridge.bridge-nf-call-iptables = 1',
  'net.bridge.bridge-nf-call-ip6tables = 1',
  'net.ipv4.conf.all.rp_filter = 0',
  'net.ipv4.conf.default.rp_filter = 0',
  'fs.inotify.max_user_instances = 8192',
];

/** Beside the disk: what libvirt starts. The disk has no boot loader. */
export const boxVagrantfile = `# Defaults of the box: start the kernel that lies beside the disk.
Vagrant.configure("2") do |config|
  config.vm.provider :libvirt do |libvirt|
    libvirt.kernel   = File.expand_path("vmlinuz", File.dirname(__FILE__))
    libvirt.initrd   = File.expand_path("initrd.img", File.dirname(__FILE__))
    libvirt.cmd_line = "root=/dev/vda rw net.ifnames=0 console=ttyS0 mitigations=off quiet"
  end
end
`;

function lines(...texts: string[]): string {
  return `${texts.join('\n')}\n`;
}
