import { proxyNodeFlags } from '../../../lib/programs.ts';
import { files } from './layout.ts';

/**
 * The systemd unit of a node's proxy. It is root without a root's powers: of the capabilities only those two that the modes were
 * seen to work with (test/scripts/proxy/install). `nodeProgram` is the file of Node.js there.
 */
export function unitText(node: string, nodeProgram: string): string {
  return `[Unit]
Description=Node proxy: sends the traffic of Kubernetes Services to their endpoints
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
# With all rights, before those are given up: IPVS is the one module that the kernel does not load by itself, and the lock of
# the legacy iptables is shared with others, so that it must be there to be opened for writing.
ExecStartPre=-+/bin/sh -c 'modprobe -q ip_vs; touch /run/xtables.lock'
ExecStart=${nodeProgram} ${proxyNodeFlags.join(' ')} ${files.program} --config=${files.config} --kubeconfig=${files.kubeconfig} --hostname-override=${node}
Restart=always
RestartSec=1
OOMScoreAdjust=-999
UMask=0077

NoNewPrivileges=yes
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW
ProtectSystem=strict
ReadWritePaths=-/run/xtables.lock
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
# Not ProtectKernelTunables: net.ipv4.vs.* and conntrack's settings are written by the modes that need them.
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}
