import type { V1Node, Wire } from '../../../lib/kube/types.ts';
import { validateCidr } from '../validation/addresses.ts';
import type { FieldError } from '../validation/field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../validation/field-error.ts';
import { labelValue, validateLabelName } from '../validation/labels.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';
import { canonicalize } from './quantity.ts';
import { dropZero } from './zero.ts';

type Taint = NonNullable<NodeObject['spec']['taints']>[number];

interface NodeObject extends StoredObject {
  spec: NonNullable<Wire<V1Node>['spec']>;
  status: NonNullable<Wire<V1Node>['status']>;
}

const wide = { wide: true };
const notReady = 'node.kubernetes.io/not-ready';

export const node = defineKind<NodeObject>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  categories: [],
  namespaced: false,
  model: 'V1Node',
  subresources: ['status', 'proxy'],
  columns: [
    nameColumn,
    textColumn('Status', 'The status of the node', readiness),
    textColumn('Roles', 'The roles of the node', roles),
    ageColumn,
    textColumn(
      'Version',
      'Kubelet Version reported by the node.',
      ({ status }) => status.nodeInfo?.kubeletVersion ?? '',
    ),
    textColumn(
      'Internal-IP',
      "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
      (object) => address(object, 'InternalIP'),
      wide,
    ),
    textColumn(
      'External-IP',
      "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
      (object) => address(object, 'ExternalIP'),
      wide,
    ),
    textColumn(
      'OS-Image',
      'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
      ({ status }) => status.nodeInfo?.osImage || '<unknown>',
      wide,
    ),
    textColumn(
      'Kernel-Version',
      "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
      ({ status }) => status.nodeInfo?.kernelVersion || '<unknown>',
      wide,
    ),
    textColumn(
      'Container-Runtime',
      'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
      ({ status }) => status.nodeInfo?.containerRuntimeVersion || '<unknown>',
      wide,
    ),
  ],
  selectable: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  hasGeneration: false,
  setDefaults(object) {
    object.spec ??= {};
    object.status ??= {};
    if (object.spec.podCIDR && !object.spec.podCIDRs) object.spec.podCIDRs = [object.spec.podCIDR];
    dropZero(object.spec, 'unschedulable', 'providerID', 'podCIDR');
    for (const taint of object.spec.taints ?? []) {
      taint.key ??= '';
      taint.effect ??= '';
      dropZero(taint, 'value');
    }
    setStatusDefaults(object.status);
  },
  prepareForCreate({ spec }) {
    // Until the node controller has seen it ready, nothing is placed on it (plug-in TaintNodesByCondition).
    const known = spec.taints?.some(({ key, effect }) => key === notReady && effect === 'NoSchedule');
    if (!known) spec.taints = [...(spec.taints ?? []), { key: notReady, effect: 'NoSchedule' }];
  },
  prepareForUpdate(object, old) {
    object.status = structuredClone(old.status);
  },
  prepareForStatusUpdate(object, old) {
    object.spec = structuredClone(old.spec);
  },
  validate: ({ spec }) => [...taintErrors(spec.taints ?? []), ...cidrErrors(spec)],
  validateUpdate: ({ spec, status }, old) => [
    ...addressErrors(status.addresses ?? []),
    ...fixedErrors(spec, old.spec),
    ...taintErrors(spec.taints ?? []),
  ],
});

function setStatusDefaults(status: NodeObject['status']): void {
  for (const list of [status.capacity, status.allocatable]) canonicalize(list, ...Object.keys(list ?? {}));
  if (status.capacity) status.allocatable ??= { ...status.capacity };
  // Kubernetes sends these even when no node agent has written them.
  status.daemonEndpoints ??= { kubeletEndpoint: { Port: 0 } };
  status.nodeInfo = { ...noInfo, ...status.nodeInfo };
}

const noInfo: NonNullable<NodeObject['status']['nodeInfo']> = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
};

function readiness({ spec, status }: NodeObject): string {
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status;
  const word = ready === undefined ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  return spec.unschedulable ? `${word},SchedulingDisabled` : word;
}

const rolePrefix = 'node-role.kubernetes.io/';

function roles({ metadata }: NodeObject): string {
  const names = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)];
    return key === 'kubernetes.io/role' ? [value] : [];
  });
  return [...new Set(names.filter((name) => name !== ''))].toSorted().join(',') || '<none>';
}

function address({ status }: NodeObject, wanted: string): string {
  return status.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>';
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Kubernetes itself names them under metadata. */
function taintErrors(taints: readonly Taint[]): FieldError[] {
  return taints.flatMap((taint, index) => {
    const field = `metadata.taints[${index}]`;
    const { key, value = '', effect } = taint;
    const again = taints.slice(0, index).some((other) => other.key === key && other.effect === effect);
    const bad = labelValue(value);
    return [
      ...validateLabelName(key, `${field}.key`),
      ...(bad.length > 0 ? [invalid(`${field}.value`, value, bad.join(';'))] : []),
      ...(effect ? [] : [required(`${field}.effect`)]),
      ...(!effect || effects.includes(effect) ? [] : [notSupported(`${field}.effect`, effect, effects)]),
      ...(again ? [repeated(field, taint)] : []),
    ];
  });
}

function repeated(field: string, { key, value = '', effect }: Taint): FieldError {
  const error = duplicate(field, { Key: key, Value: value, Effect: effect, TimeAdded: null });
  return { ...error, message: `${error.message}: taints must be unique by key and effect pair` };
}

function cidrErrors({ podCIDRs = [] }: NodeObject['spec']): FieldError[] {
  const errors = podCIDRs.flatMap((cidr, index) => validateCidr(cidr, `spec.podCIDRs[${index}]`));
  const families = new Set(podCIDRs.map((cidr) => cidr.includes(':')));
  if (podCIDRs.length < 2 || families.size === podCIDRs.length) return errors;
  return [
    ...errors,
    invalid('spec.podCIDRs', podCIDRs, 'may specify no more than one CIDR for each IP family'),
  ];
}

function addressErrors(addresses: readonly { type: string; address: string }[]): FieldError[] {
  return addresses.flatMap((entry, index) => {
    const again = addresses
      .slice(0, index)
      .some((other) => other.type === entry.type && other.address === entry.address);
    return again
      ? [duplicate(`status.addresses[${index}]`, { Type: entry.type, Address: entry.address })]
      : [];
  });
}

function fixedErrors(spec: NodeObject['spec'], old: NodeObject['spec']): FieldError[] {
  const errors: FieldError[] = [];
  const [now, before] = [spec.podCIDRs ?? [], old.podCIDRs ?? []];
  if (before.length > 0 && before.join() !== now.join()) {
    const reason = 'node updates may not change podCIDR except from "" to valid';
    errors.push(forbidden('spec.podCIDRs', reason));
  }
  if (old.providerID && old.providerID !== spec.providerID) {
    const reason = 'node updates may not change providerID except from "" to valid';
    errors.push(forbidden('spec.providerID', reason));
  }
  return errors;
}
