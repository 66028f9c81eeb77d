# A LAN with two nodes, in namespaces of their own. Runs until its standard input ends.
# usage: unshare … sh lan.sh FOLDER NODE_BINARY API_SOCKET
set -eu
folder=$1 node=$2 socket=$3
PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs none /run
mkdir /run/netns
ip link set lo up
ip link add lan0 type bridge
ip address add 192.168.56.1/24 dev lan0
ip link set lan0 up
for number in 1 2; do
  ip netns add "n$number"
  ip link add "lan-n$number" master lan0 type veth peer name eth0 netns "n$number"
  ip link set "lan-n$number" up
  ip -n "n$number" link set lo up
  ip -n "n$number" link set eth0 up
  ip -n "n$number" address add "192.168.56.1$number/24" dev eth0
  ip netns exec "n$number" "$node" -e 'const net = require("node:net");
net.createServer((near) => {
  const far = net.connect(process.argv[1]);
  near.pipe(far).pipe(near);
  near.on("error", () => far.destroy());
  far.on("error", () => near.destroy());
}).listen(6443, "127.0.0.1")' "$socket" &
done
cat >"$folder/ready-until-closed"
