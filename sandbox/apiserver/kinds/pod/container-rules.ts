import type { FieldError } from '../../validation/field-error.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
} from '../../validation/field-error.ts';
import { dnsLabel } from '../../validation/names.ts';
import { portNameReasons, validatePortNumber, validateRange } from '../../validation/numbers.ts';
import { validateEnv, validateEnvFrom } from './env-rules.ts';
import type { Container, ContainerPort, PodSpec } from './object.ts';
import { isSidecar } from './object.ts';
import { validateLifecycle, validateProbes } from './probe-rules.ts';
import { validateResources } from './resource-rules.ts';

/** The containers of a pod (core/validation validateContainers); `volumes` are the names of the good ones. */
export function validateContainers(spec: PodSpec, volumes: ReadonlySet<string>, path: string): FieldError[] {
  const { containers = [], terminationGracePeriodSeconds: grace } = spec;
  const list = `${path}.containers`;
  if (containers.length === 0) return [required(list)];
  const errors = containers.flatMap((container, index) => {
    const field = `${list}[${index}]`;
    const { name: own = '' } = container;
    const again = containers.slice(0, index).some(({ name = '' }) => name === own);
    return [
      ...validateOne(container, volumes, field),
      ...(again ? [duplicate(`${field}.name`, own)] : []),
      ...validateLifecycle(container, grace, field),
      ...validateProbes(container, grace, field),
    ];
  });
  return [...errors, ...hostPortConflicts(containers, list)];
}

/** Init containers run one after another, so most of a container's life is not theirs (validateInitContainers). */
export function validateInitContainers(
  spec: PodSpec,
  volumes: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const { containers = [], initContainers = [], terminationGracePeriodSeconds: grace } = spec;
  const list = `${path}.initContainers`;
  return initContainers.flatMap((container, index) => {
    const field = `${list}[${index}]`;
    const { name: own = '' } = container;
    const others = [...containers, ...initContainers.slice(0, index).filter(({ name }) => name)];
    const lived = isSidecar(container)
      ? [...validateLifecycle(container, grace, field), ...validateProbes(container, grace, field)]
      : unusedByInit.flatMap((name) => {
          if (container[name] === undefined) return [];
          return [
            forbidden(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
          ];
        });
    return [
      ...validateOne(container, volumes, field),
      ...(others.some(({ name = '' }) => name === own) ? [duplicate(`${field}.name`, own)] : []),
      ...hostPortConflicts([container], list),
      ...lived,
    ];
  });
}

const unusedByInit = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function validateOne(container: Container, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const {
    name = '',
    image = '',
    terminationMessagePolicy: policy = 'File',
    imagePullPolicy: pull = '',
  } = container;
  const policies = ['File', 'FallbackToLogsOnError'];
  const pulls = ['Always', 'IfNotPresent', 'Never'];
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(name === '' ? [] : dnsLabel(name)).map((reason) => invalid(`${field}.name`, name, reason)),
    ...(image === '' ? [required(`${field}.image`)] : []),
    ...(policies.includes(policy)
      ? []
      : [notSupported(`${field}.terminationMessagePolicy`, policy, policies)]),
    ...validatePorts(container.ports ?? [], `${field}.ports`),
    ...validateEnv(container.env ?? [], `${field}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${field}.envFrom`),
    ...mountErrors(container, volumes, `${field}.volumeMounts`),
    ...(pulls.includes(pull) ? [] : [notSupported(`${field}.imagePullPolicy`, pull, pulls)]),
    ...validateResources(container.resources ?? {}, `${field}.resources`),
    ...userErrors(container, `${field}.securityContext`),
  ];
}

const protocols = ['SCTP', 'TCP', 'UDP'];

function validatePorts(ports: readonly ContainerPort[], list: string): FieldError[] {
  return ports.flatMap((port, index) => {
    const field = `${list}[${index}]`;
    const { name = '', containerPort = 0, hostPort = 0, protocol = '' } = port;
    const reasons = name === '' ? [] : portNameReasons(name);
    const again = name !== '' && ports.slice(0, index).some((other) => other.name === name);
    return [
      ...reasons.map((reason) => invalid(`${field}.name`, name, reason)),
      ...(again && reasons.length === 0 ? [duplicate(`${field}.name`, name)] : []),
      ...(containerPort === 0
        ? [required(`${field}.containerPort`)]
        : validatePortNumber(containerPort, `${field}.containerPort`)),
      ...(hostPort === 0 ? [] : validatePortNumber(hostPort, `${field}.hostPort`)),
      ...(protocols.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, protocols)]),
    ];
  });
}

function hostPortConflicts(containers: readonly Container[], list: string): FieldError[] {
  const seen = new Set<string>();
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ protocol, hostIP = '', hostPort }, i) => {
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (!hostPort || !seen.has(key)) {
        if (hostPort) seen.add(key);
        return [];
      }
      return [duplicate(`${list}[${index}].ports[${i}].hostPort`, key)];
    }),
  );
}

function mountErrors(
  { volumeMounts = [] }: Container,
  volumes: ReadonlySet<string>,
  list: string,
): FieldError[] {
  return volumeMounts.flatMap(({ name = '', mountPath, subPath = '' }, index) => {
    const field = `${list}[${index}]`;
    const again = volumeMounts.slice(0, index).some((other) => other.mountPath === mountPath);
    return [
      ...(name ? [] : [required(`${field}.name`)]),
      ...(volumes.has(name) ? [] : [notFound(`${field}.name`, name)]),
      ...(mountPath ? [] : [required(`${field}.mountPath`)]),
      ...(again ? [invalid(`${field}.mountPath`, mountPath, 'must be unique')] : []),
      ...(subPath.startsWith('/') ? [invalid(`${list}.subPath`, subPath, 'must be a relative path')] : []),
      ...(subPath.split('/').includes('..')
        ? [invalid(`${list}.subPath`, subPath, "must not contain '..'")]
        : []),
    ];
  });
}

function userErrors({ securityContext = {} }: Container, field: string): FieldError[] {
  return (['runAsUser', 'runAsGroup'] as const).flatMap((name) => {
    const id = securityContext[name];
    return id === undefined ? [] : validateRange(id, 0, 2_147_483_647, `${field}.${name}`);
  });
}
