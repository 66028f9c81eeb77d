#!/bin/sh
# Makes a machine ready for kubeadm: name, addresses of the others, bundle, kernel settings, container runtime, images, pod
# network, kubelet unit. Every step may be done again. Needs no network where the bundle and the box have everything.
# Environment: see scripts/provision/environment.rb.
set -eu
now() { cut -d. -f1 /proc/uptime; }
began=$(now)
say() { echo "[$NODE_NAME +$(($(now) - began))s] $*"; }
# Writes its standard input to a file unless that is its content; the file is never half there.
put() { cat >"$1.new"; if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi; }
bundle=/opt/bundle
# Go's garbage collector runs when a heap has grown to five times what was in use, not to twice that: memory for time.
go=GOGC=400
# On an emulated machine (docs/vagrant.md has the reasons and the figures) programs are at the same addresses each time, and are
# woken less often: Go has one processor and sends no signals to its own threads, timers may be 4 ms late (pods inherit it),
# containers are measured once a minute.
randomize=2 slack=50us more=
if [ "$(systemd-detect-virt)" = qemu ]; then
	go="$go GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1" randomize=0 slack=4ms more=--housekeeping-interval=60s
fi
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

# --- the machine's name, and the addresses of all -----------------------------------------------------------------
echo "$NODE_NAME" | put /etc/hostname
hostname "$NODE_NAME"
{
	grep -v -e '^127\.0\.1\.1' -e '# workshop$' /etc/hosts
	for node in $NODES; do
		rest=${node#*,}
		echo "${rest%%,*} ${node%%,*} # workshop"
	done
} | put /etc/hosts

# The network card is found by its address, not by a name: it is eth1 in one box and enp0s8 in the next.
card=$(ip -o -4 addr show | awk -v ip="$NODE_IP" '{ split($4, a, "/"); if (a[1] == ip) print $2 }')
[ -n "$card" ] || { echo "no network card has the address $NODE_IP" >&2; exit 1; }

# --- the bundle; programs run straight from it --------------------------------------------------------------------
mkdir -p $bundle
if [ -e /dev/disk/by-label/bundle ]; then
	grep -q " $bundle " /etc/fstab || echo "LABEL=bundle $bundle ext4 ro,nofail 0 0" >>/etc/fstab
	mountpoint -q $bundle || mount -o ro LABEL=bundle $bundle
fi
[ -x $bundle/bin/kubeadm ] || { echo "the bundle is not there: $bundle/bin/kubeadm is missing" >&2; exit 1; }
for program in kubeadm kubelet kubectl; do ln -sf $bundle/bin/$program /usr/local/bin/$program; done
mkdir -p /opt/cni/bin
for plugin in $bundle/cni/*; do ln -sf "$plugin" /opt/cni/bin/; done
version=$(kubeadm version -o short)

# --- programs of the system; the lab's own box has them all ---------------------------------------------------------
missing=
for pair in containerd:containerd nft:nftables iptables:iptables conntrack:conntrack ipset:ipset ipvsadm:ipvsadm \
	socat:socat node:nodejs busybox:busybox-static ethtool:ethtool; do
	command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
	missing="$missing crun"
	say "installing$missing"
	if ls $bundle/packages/*.deb >/dev/null 2>&1; then
		dpkg -i $bundle/packages/*.deb >/dev/null
	else
		apt-get -q update >/dev/null
		# shellcheck disable=SC2086 # several words
		apt-get -q -y install --no-install-recommends $missing >/dev/null
	fi
fi

# --- the kernel: forwarding; no swap; answers may come back another way than the request went -----------------------
printf 'overlay\nbr_netfilter\n' | put /etc/modules-load.d/workshop.conf
modprobe -a overlay br_netfilter
put /etc/sysctl.d/90-workshop.conf <<X
kernel.randomize_va_space = $randomize
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.ipv4.conf.all.rp_filter = 0
net.ipv4.conf.default.rp_filter = 0
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 524288
X
sysctl -q -p /etc/sysctl.d/90-workshop.conf
swapoff -a
sed -i '/^[^#].*[[:space:]]swap[[:space:]]/s/^/#/' /etc/fstab

# --- routes to the other nodes' pods: now, and after each boot -------------------------------------------------------
{
	echo '#!/bin/sh'
	echo '# The pods of the other nodes; made by the workshop.'
	for node in $NODES; do
		rest=${node#*,}
		[ "${rest%%,*}" = "$NODE_IP" ] || echo "ip route replace ${rest#*,} via ${rest%%,*} dev $card"
	done
} | put /usr/local/sbin/workshop-routes
chmod 755 /usr/local/sbin/workshop-routes
put /etc/systemd/system/workshop-routes.service <<X
[Unit]
Description=Routes to the pods of the other nodes
After=network.target sys-subsystem-net-devices-$card.device
Wants=sys-subsystem-net-devices-$card.device
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/workshop-routes
# The card has its address a little later than it is there.
Restart=on-failure
RestartSec=1
RemainAfterExit=yes
[Install]
WantedBy=multi-user.target
X
# CoreDNS does not start with an empty list of name servers, and a stub at 127.0.0.53 would ask itself.
resolv=/etc/resolv.conf
[ -s /run/systemd/resolve/resolv.conf ] && resolv=/run/systemd/resolve/resolv.conf
grep -q '^nameserver' $resolv || echo "nameserver ${MASTER_IP%.*}.1" >>$resolv

# --- pod network: the reference bridge plugin -----------------------------------------------------------------------
mkdir -p /etc/cni/net.d
put /etc/cni/net.d/10-workshop.conflist <<X
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$NODE_PODS"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
X

# --- container runtime -------------------------------------------------------------------------------------------------
pause=$(kubeadm config images list --kubernetes-version "$version" | grep /pause:)
# crun begins a command in a container in 0.7 s where runc takes 1.2 s (emulated). A box of long ago may not have it.
runtime=$(command -v crun || command -v runc)
mkdir -p /etc/containerd
if containerd --version | grep -q ' v\{0,1\}2\.'; then
	put /etc/containerd/config.toml <<X
version = 3
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "$pause"
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/opt/cni/bin"]
  conf_dir = "/etc/cni/net.d"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
    SystemdCgroup = true
    BinaryName = "$runtime"
X
else
	put /etc/containerd/config.toml <<X
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
      BinaryName = "$runtime"
X
fi
# Its own default is a time-out that an emulated machine does not keep at the first start.
mkdir -p /etc/systemd/system/containerd.service.d
printf '[Service]\nTimeoutStartSec=300\nEnvironment=%s\nTimerSlackNSec=%s\n' "$go" $slack | put /etc/systemd/system/containerd.service.d/workshop.conf

# --- kubelet: the unit and the drop-in that kubeadm expects --------------------------------------------------------------
put /etc/systemd/system/kubelet.service <<'X'
[Unit]
Description=kubelet: The Kubernetes Node Agent
After=network-online.target containerd.service
Wants=containerd.service
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/local/bin/kubelet
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
X
mkdir -p /etc/systemd/system/kubelet.service.d
put /etc/systemd/system/kubelet.service.d/10-kubeadm.conf <<X
[Service]
Environment=$go
TimerSlackNSec=$slack
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=/usr/local/bin/kubelet \$KUBELET_KUBECONFIG_ARGS \$KUBELET_CONFIG_ARGS \$KUBELET_KUBEADM_ARGS $more
X
# The kubelet looks for static pods here, and complains every second where there is no such folder.
mkdir -p /etc/kubernetes/manifests
systemctl enable -q workshop-routes containerd kubelet # and reads all units anew; the kubelet is started by kubeadm
systemctl restart workshop-routes
systemctl start containerd
say "the container runtime runs"

# --- images -------------------------------------------------------------------------------------------------------------
import() {
	file=$bundle/images/$1.tar mark=/var/lib/containerd/workshop-$1
	id=$(stat -c '%s %Y' "$file")
	[ "$(cat "$mark" 2>/dev/null)" != "$id" ] || return 0
	ctr -n k8s.io images import --local "$file" >/dev/null
	echo "$id" | put "$mark"
	say "imported $1.tar"
}
# A kubelet whose disk is full deletes the images that no pod uses, the sandboxes' own among them; without a network they would not
# come back. The list says what was there.
images=/var/lib/workshop/images
names() { ctr -n k8s.io images ls -q | sort; }
if [ -e $images ] && names | comm -13 - $images | grep -q .; then rm -f /var/lib/containerd/workshop-*; fi
# The master's two at once: an import keeps one processor busy.
others=
if [ "$NODE_IP" = "$MASTER_IP" ]; then import control-plane & others=$!; fi
import node
[ -z "$others" ] || wait "$others"
mkdir -p "${images%/*}"
names | put $images
say "ready for kubeadm"
