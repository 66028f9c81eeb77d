# The sandbox's pid 1: init.sh COMMAND [ARGUMENT…]. It must not be Node.js: pid 1 has to collect every orphan, and sh does so
# while it waits.
#
# - Its standard input is a pipe that only the supervisor could write to, and never does: when the supervisor is gone, however
#   that came about, reading it ends. Then pid 1 ends, and with it, by the kernel, every process, mount and namespace here.
# - /run is its own: the nodes' namespaces are bound below it; the host's /run/netns is neither seen nor touched.
# - COMMAND, the inner supervisor, is started again whenever it ends by itself.
exec 3<&0 0</dev/null
mount -t tmpfs -o mode=755 workshop /run || exit 70
mkdir /run/netns /run/utsns /run/workshop /run/lock || exit 70

stopping=
inside=
trap 'exit 0' USR1
trap 'stopping=1; [ -z "$inside" ] || kill -TERM "$inside"' TERM
(trap - TERM USR1; read -r nothing <&3; kill -USR1 1) &
exec 3<&-

while [ -z "$stopping" ]; do
  "$@" &
  inside=$!
  while kill -0 "$inside" 2>/dev/null; do wait "$inside"; done
  [ -n "$stopping" ] || sleep 0.2
done
exit 0
