# A machine of its own: network, processes, /etc, /run and /usr/local. Runs until its standard input ends.
# usage: unshare … sh machine.sh FOLDER NODE_BINARY API_SOCKET
set -eu
folder=$1 node=$2 socket=$3
PATH=$PATH:/usr/sbin:/sbin
own=$(mktemp -d "$folder/disk-XXXXXX")
mount -t tmpfs none "$own"
# As much of it as may be read: an ordinary user can write to nothing that is not his own.
mkdir "$own/etc"
cp -a /etc/. "$own/etc" 2>/dev/null || :
mount --bind "$own/etc" /etc
mount -t tmpfs none /usr/local
mount -t tmpfs none /run
mkdir -p /run/systemd/system /run/sshd /etc/systemd/system /usr/local/bin
cp "$folder/systemctl.sh" /usr/local/bin/systemctl
printf '#!/bin/sh\ncat /run/systemctl/journal\n' >/usr/local/bin/journalctl
chmod 755 /usr/local/bin/systemctl /usr/local/bin/journalctl
ln -sf "$node" /usr/local/bin/node
ip link set lo up
# A backend that is there, and a way for packets to cluster IPs.
ip address add 172.16.1.5/32 dev lo
ip route add default dev lo
"$node" -e 'require("node:net").createServer((s) => s.on("error", () => {}).end("hello")).listen(8080, "172.16.1.5")' &
"$node" -e 'const net = require("node:net");
net.createServer((near) => {
  const far = net.connect(process.argv[1]);
  near.pipe(far).pipe(near);
  near.on("error", () => far.destroy());
  far.on("error", () => near.destroy());
}).listen(6443, "127.0.0.1")' "$socket" &
if [ -e "$folder/sshd_config" ]; then /usr/sbin/sshd -f "$folder/sshd_config" -E "$folder/sshd.log"; fi
cat >"$folder/ready-until-closed"
