#!/bin/sh
# Two nodes with pods, and a network outside of them, in namespaces of their own. Runs until its standard input ends.
# usage: unshare … world.sh FOLDER AGENT NODE_BINARY
set -eu
PATH=$PATH:/usr/sbin:/sbin
folder=$1 agent=$2 node=$3
mount -t tmpfs none /run
mkdir /run/netns
echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
ip link set lo up
ip link add lan0 type bridge
ip addr add 192.168.56.1/24 dev lan0
ip addr add 192.168.56.2/24 dev lan0
ip addr add fd56::1/64 dev lan0 nodad
ip addr add fd56::2/64 dev lan0 nodad
ip link set lan0 up

# No waiting for duplicate addresses, no limit on "port unreachable".
settings='echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; echo 0 > /proc/sys/net/ipv6/icmp/ratelimit; echo 0 > /proc/sys/net/ipv4/icmp_ratelimit'

add_node() { # name number
  ip netns add "$1"
  ip netns exec "$1" sh -c "$settings"
  ip link add "lan-$1" master lan0 type veth peer name eth0 netns "$1"
  ip link set "lan-$1" up
  ip -n "$1" link set lo up
  ip -n "$1" link set eth0 up
  ip -n "$1" addr add "192.168.56.1$2/24" dev eth0
  ip -n "$1" addr add "fd56::1$2/64" dev eth0 nodad
  ip -n "$1" route add default via 192.168.56.1
  ip -n "$1" -6 route add default via fd56::1
  ip netns exec "$1" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
  ip route add "172.16.$2.0/24" via "192.168.56.1$2"
  ip -6 route add "fd16:0:0:$2::/64" via "fd56::1$2"
}

add_pod() { # name node number host
  ip netns add "$1"
  ip netns exec "$1" sh -c "$settings"
  ip -n "$2" link add "pod-$1" type veth peer name eth0 netns "$1"
  ip -n "$2" addr add 169.254.1.1/32 dev "pod-$1"
  ip -n "$2" addr add fe80::1/64 dev "pod-$1" nodad
  ip -n "$2" link set "pod-$1" up
  ip -n "$1" link set lo up
  ip -n "$1" link set eth0 up
  ip -n "$1" addr add "172.16.$3.$4/32" dev eth0
  ip -n "$1" addr add "fd16:0:0:$3::$4/128" dev eth0 nodad
  ip -n "$1" route add 169.254.1.1 dev eth0
  ip -n "$1" route add default via 169.254.1.1 dev eth0
  ip -n "$1" -6 route add default via fe80::1 dev eth0
  ip -n "$2" route add "172.16.$3.$4/32" dev "pod-$1"
  ip -n "$2" -6 route add "fd16:0:0:$3::$4/128" dev "pod-$1"
}

add_node n1 1
add_node n2 2
ip -n n1 route add 172.16.2.0/24 via 192.168.56.12
ip -n n2 route add 172.16.1.0/24 via 192.168.56.11
ip -n n1 -6 route add fd16:0:0:2::/64 via fd56::12
ip -n n2 -6 route add fd16:0:0:1::/64 via fd56::11
add_pod a1 n1 1 2
add_pod a2 n1 1 3
add_pod c1 n1 1 9
add_pod b1 n2 2 2
add_pod b2 n2 2 3

# What a router in front of the cluster would know: VIPs, external IPs and, for some scenarios, cluster IPs lead to n1.
for net in 10.240.0.0/24 172.17.0.0/18; do ip route add "$net" via 192.168.56.11; done
for net in fd24::/64 fd17::/64; do ip -6 route add "$net" via fd56::11; done

"$node" "$agent" "$folder/out.sock" &
for name in n1 n2 a1 a2 c1 b1 b2; do
  ip netns exec "$name" "$node" "$agent" "$folder/$name.sock" &
done
cat > "$folder/ready-until-closed"
