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
# Not without need: to enable it, systemd reads all units anew, in which an emulated machine does nothing else for some seconds.
# A boot starts the unit as it is then; a call that was interrupted in between leaves a mark that lasts until the next boot.
due=/run/workshop-loadbalancer-due
state=$(systemctl show workshop-loadbalancer -p ActiveState -p NeedDaemonReload -p UnitFileState | sort | tr '\n' ' ')
if [ -e $due ] || [ "$state" != 'ActiveState=active NeedDaemonReload=no UnitFileState=enabled ' ]; then
	touch $due
	systemctl enable -q workshop-loadbalancer
	systemctl restart workshop-loadbalancer
	rm $due
fi
