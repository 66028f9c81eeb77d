/** What client-node's models do not tell, from Kubernetes' OpenAPI (v1.35: `x-kubernetes-patch-…`) and Go types. */

interface PatchRule {
  strategy: string;
  mergeKey?: string;
}

/** How strategic merge patches treat a list or object; anything not named here is replaced as a whole. */
export const patchRules: ReadonlyMap<string, PatchRule> = new Map([
  ...merged('type', ['Deployment', 'ReplicaSet', 'Namespace', 'Pod', 'Service', 'Node'].map(conditions)),
  ...merged('type', ['NodeStatus.addresses']),
  ...merged('name', [
    'Container.env',
    'EphemeralContainer.env',
    'PodSpec.containers',
    'PodSpec.ephemeralContainers',
    'PodSpec.imagePullSecrets',
    'PodSpec.initContainers',
    'PodSpec.schedulingGates',
    'ContainerStatus.allocatedResourcesStatus',
    'ServiceAccount.secrets',
  ]),
  ...merged('containerPort', ['Container.ports', 'EphemeralContainer.ports']),
  ...merged('devicePath', ['Container.volumeDevices', 'EphemeralContainer.volumeDevices']),
  ...merged('mountPath', [
    'Container.volumeMounts',
    'EphemeralContainer.volumeMounts',
    'ContainerStatus.volumeMounts',
  ]),
  ...merged('ip', ['PodSpec.hostAliases', 'PodStatus.hostIPs', 'PodStatus.podIPs']),
  ...merged('topologyKey', ['PodSpec.topologySpreadConstraints']),
  ...merged('port', ['ServiceSpec.ports']),
  ...merged('uid', ['ObjectMeta.ownerReferences']),
  ...merged(
    'name',
    ['PodSpec.resourceClaims', 'PodSpec.volumes', 'PodStatus.resourceClaimStatuses'],
    ',retainKeys',
  ),
  ['NodeSpec.podCIDRs', { strategy: 'merge' }],
  ['ObjectMeta.finalizers', { strategy: 'merge' }],
  ['DeploymentSpec.strategy', { strategy: 'retainKeys' }],
]);

function conditions(kind: string): string {
  return `${kind}Status.conditions`;
}

function merged(mergeKey: string, paths: readonly string[], more = ''): [string, PatchRule][] {
  return paths.map((path) => [path, { strategy: `merge${more}`, mergeKey }]);
}

/** Amounts like `100m` or `2Gi`; the models call them strings, but a bare number is welcome too. */
export const quantities: ReadonlyMap<string, string> = new Map([
  ['ContainerStatus.allocatedResources', 'map:quantity'],
  ['EmptyDirVolumeSource.sizeLimit', 'quantity'],
  ['NodeStatus.allocatable', 'map:quantity'],
  ['NodeStatus.capacity', 'map:quantity'],
  ['PodSpec.overhead', 'map:quantity'],
  ['PodStatus.allocatedResources', 'map:quantity'],
  ['ResourceFieldSelector.divisor', 'quantity'],
  ['ResourceRequirements.limits', 'map:quantity'],
  ['ResourceRequirements.requests', 'map:quantity'],
  ['VolumeResourceRequirements.limits', 'map:quantity'],
  ['VolumeResourceRequirements.requests', 'map:quantity'],
]);

/** Fields whose Go type is a string type of its own (k8s.io/api/core/v1/types.go): errors name it. */
export const goTypes: ReadonlyMap<string, string> = new Map([
  ['Container.imagePullPolicy', 'PullPolicy'],
  ['ContainerPort.protocol', 'Protocol'],
  ['DeploymentStrategy.type', 'DeploymentStrategyType'],
  ['EndpointSlice.addressType', 'AddressType'],
  ['LabelSelectorRequirement.operator', 'LabelSelectorOperator'],
  ['PodSpec.dnsPolicy', 'DNSPolicy'],
  ['PodSpec.restartPolicy', 'RestartPolicy'],
  ['PodStatus.phase', 'PodPhase'],
  ['Secret.type', 'SecretType'],
  ['ServicePort.protocol', 'Protocol'],
  ['ServiceSpec.externalTrafficPolicy', 'ServiceExternalTrafficPolicy'],
  ['ServiceSpec.internalTrafficPolicy', 'ServiceInternalTrafficPolicy'],
  ['ServiceSpec.ipFamilyPolicy', 'IPFamilyPolicy'],
  ['ServiceSpec.sessionAffinity', 'ServiceAffinity'],
  ['ServiceSpec.type', 'ServiceType'],
]);
