import { canonicalize } from '../quantity.ts';
import { dropZero } from '../zero.ts';
import { setContainerDefaults, setHandlerDefaults } from './container-defaults.ts';
import type { PodObject, PodSpec, Volume } from './object.ts';

/** Defaults of every pod spec, a template's too (pkg/apis/core/v1/defaults.go SetDefaults_PodSpec). */
export function setPodSpecDefaults(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) [spec.serviceAccountName, spec.serviceAccount] = [account, account];
  dropZero(
    spec,
    'hostname',
    'subdomain',
    'nodeName',
    'hostNetwork',
    'hostPID',
    'hostIPC',
    'priorityClassName',
  );
  for (const toleration of spec.tolerations ?? []) dropZero(toleration, 'key', 'operator', 'value', 'effect');
  for (const gate of spec.readinessGates ?? []) gate.conditionType ??= '';
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    setContainerDefaults(container);
    for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) {
      if (handler) setHandlerDefaults(handler);
    }
  }
}

function setVolumeDefaults(volume: Volume): void {
  const sources = Object.keys(volume).filter((field) => field !== 'name');
  if (sources.length === 0) volume.emptyDir = {};
  canonicalize(volume.emptyDir, 'sizeLimit');
  const readable = 0o644;
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source) source.defaultMode ??= readable;
  }
  if (volume.hostPath) volume.hostPath.type ??= '';
  const refs = [
    ...(volume.downwardAPI?.items ?? []),
    ...(volume.projected?.sources ?? []).flatMap(({ downwardAPI }) => downwardAPI?.items ?? []),
  ];
  for (const { fieldRef, resourceFieldRef } of refs) {
    if (fieldRef) fieldRef.apiVersion ||= 'v1';
    if (resourceFieldRef) resourceFieldRef.divisor ??= '0';
  }
  for (const { serviceAccountToken } of volume.projected?.sources ?? []) {
    if (serviceAccountToken) serviceAccountToken.expirationSeconds ??= 3600;
  }
}

/** On the node's own network a port of the container is one of the node. */
function setHostPorts(spec: PodSpec): void {
  for (const { ports = [] } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const port of ports) port.hostPort ||= port.containerPort;
  }
}

/** Defaults that a Pod has and a template has not (SetDefaults_Pod). */
export function setPodDefaults(pod: PodObject): void {
  pod.spec ??= { containers: [] };
  pod.status ??= {};
  setPodSpecDefaults(pod.spec);
  // Kubernetes has no negative time for a pod either (pkg/apis/core/v1/conversion.go).
  if ((pod.spec.terminationGracePeriodSeconds ?? 0) < 0) pod.spec.terminationGracePeriodSeconds = 1;
  if (pod.spec.hostNetwork) setHostPorts(pod.spec);
  pod.spec.enableServiceLinks ??= true;
  for (const container of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]) {
    const { limits, requests } = container.resources ?? {};
    if (limits && container.resources) container.resources.requests = { ...limits, ...requests };
  }
}
