import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import type { V1Node, Wire } from '../../../lib/kube/types.ts';
import { seconds } from '../pods/container-status.ts';

export type NodeObject = Wire<V1Node>;
type NodeStatus = NonNullable<NodeObject['status']>;
type NodeCondition = NonNullable<NodeStatus['conditions']>[number];

/** The version of the kubelet's behaviour that is followed; what `kubectl get nodes` shows. */
export const kubeletVersion = 'v1.35.4';

/** The status of this node; `podCidr` decides whether it is ready for pods. */
export function nodeStatus(before: NodeObject, self: { name: string; address: string }): NodeStatus {
  const resources = {
    cpu: String(cpus().length),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: '110',
    'ephemeral-storage': '10Gi',
  };
  return {
    addresses: [
      { type: 'InternalIP', address: self.address },
      { type: 'Hostname', address: self.name },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: conditionsOf(before),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } as never },
    nodeInfo: nodeInfo(),
  };
}

function conditionsOf(before: NodeObject): NodeCondition[] {
  const hasNetwork = Boolean(before.spec?.podCIDR);
  const fine: [string, string, string][] = [
    ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ];
  const wanted: Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'>[] = [
    ...fine.map(([type, reason, message]) => ({ type, status: 'False', reason, message })),
    hasNetwork
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message:
            'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:the node has no podCIDR yet',
        },
  ];
  const now = seconds(new Date().toISOString());
  const old = new Map((before.status?.conditions ?? []).map((condition) => [condition.type, condition]));
  const own = wanted.map((condition): NodeCondition => {
    const same = old.get(condition.type);
    const since = same?.status === condition.status && same.lastTransitionTime;
    return { ...condition, lastHeartbeatTime: now, lastTransitionTime: since || now };
  });
  const names = new Set(wanted.map(({ type }) => type));
  return [...own, ...[...old.values()].filter(({ type }) => !names.has(type))];
}

function nodeInfo(): NonNullable<NodeStatus['nodeInfo']> {
  const machine = readLine('/etc/machine-id');
  return {
    architecture: architecture(),
    bootID: readLine('/proc/sys/kernel/random/boot_id'),
    containerRuntimeVersion: 'workshop://0.1.0',
    kernelVersion: release(),
    kubeProxyVersion: '',
    kubeletVersion,
    machineID: machine,
    operatingSystem: 'linux',
    osImage: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readText('/etc/os-release'))?.[1] ?? 'Linux',
    systemUUID: machine,
  };
}

/** The machine's architecture by the name that Go, and so Kubernetes, has for it. */
export function architecture(): string {
  return arch() === 'x64' ? 'amd64' : arch();
}

function readLine(path: string): string {
  return readText(path).trim();
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
