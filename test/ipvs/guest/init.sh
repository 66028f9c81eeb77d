#!/bin/busybox sh
# The first process of the emulated machine: mounts, loads modules, runs the tests, and switches the machine off.
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /sbin /etc
/bin/busybox --install -s /bin
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t devpts pts /dev/pts
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mount --make-rprivate /
ln -sf /bin/modprobe /sbin/modprobe
ln -sf /proc/self/fd /dev/fd
echo 127.0.0.1 localhost > /etc/hosts
stty -F /dev/ttyS1 raw -echo 2> /dev/null
ip link set lo up
modprobe -a crc32c_generic ip_vs ip_vs_rr ip_vs_lc ip_vs_sh dummy veth bridge xt_set ip_set_hash_ip ip_set_hash_ipport ip_set_hash_ipportip ip_set_hash_ipportnet
cd /workshop
node --max-old-space-size=256 /workshop/guest.mjs > /dev/ttyS1 2>&1
echo "EXIT $?" > /dev/ttyS1
sync
poweroff -f
