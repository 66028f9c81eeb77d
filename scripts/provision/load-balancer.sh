#!/bin/sh
# The load balancer's unit on a machine; its program and its credentials are there already. Done again, it restarts only what has
# changed. Environment: see scripts/provision/environment.rb, POOL, LEASE, and VERSION, which
# tells program and credentials apart.
set -eu
put() { cat >"$1.new"; if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi; }
unit=/etc/systemd/system/workshop-loadbalancer.service
put $unit <<X
[Unit]
Description=Load balancer: gives Services their addresses on the LAN, and answers for them
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0
# version $VERSION

[Service]
ExecStart=$(command -v node) /usr/local/lib/workshop-loadbalancer/loadbalancer.js --kubeconfig=/etc/workshop-loadbalancer/kubeconfig --node-name=$NODE_NAME --node-ip=$NODE_IP --pool=$POOL --lease-duration=$LEASE
Restart=always
RestartSec=2
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes

[Install]
WantedBy=multi-user.target
X
systemctl enable -q workshop-loadbalancer # and reads all units anew
mark=/run/workshop-loadbalancer-version
id=$(sha256sum $unit)
if [ "$(cat $mark 2>/dev/null)" != "$id" ] || ! systemctl is-active -q workshop-loadbalancer; then
	systemctl restart workshop-loadbalancer
	echo "$id" >$mark
fi
