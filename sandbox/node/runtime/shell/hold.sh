# Holds a pod's namespaces: names the host, says that it is ready, sleeps. usage: hold.sh HOSTNAME (- keeps the node's)
[ "$1" = - ] || hostname "$1"
echo ready
exec sleep 2147483647 </dev/null >/dev/null 2>&1
