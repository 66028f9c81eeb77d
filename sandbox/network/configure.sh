# Reads commands for `ip -batch` and runs them in the network namespace that it is started in. Kernel settings come first, so
# that interfaces made later inherit them: packets are forwarded; replies may take another way than the requests (rp_filter
# off), since a Service's answer comes back from another address than the one asked.
set -e
cd /proc/sys/net/ipv4
echo 1 > ip_forward
echo 0 > conf/all/rp_filter
echo 0 > conf/default/rp_filter
exec ip -batch -
