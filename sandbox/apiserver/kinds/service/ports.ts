import type { FieldError } from '../../validation/field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../../validation/field-error.ts';
import { qualifiedName } from '../../validation/labels.ts';
import { dnsLabel } from '../../validation/names.ts';
import { validatePortNumber, validatePortNumberOrName } from '../../validation/numbers.ts';
import type { ServicePort, ServiceSpec } from './object.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

/** Each port by itself: name, number, protocol, target (core/validation validateServicePort). */
export function validatePorts({ ports = [] }: ServiceSpec): FieldError[] {
  return ports.flatMap((port, index) => portErrors(port, index, ports));
}

function portErrors(port: ServicePort, index: number, ports: readonly ServicePort[]): FieldError[] {
  const field = `spec.ports[${index}]`;
  const { protocol = '', appProtocol } = port;
  return [
    ...nameErrors(port, index, ports),
    ...validatePortNumber(port.port, `${field}.port`),
    ...(protocols.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, protocols)]),
    ...validatePortNumberOrName(port.targetPort ?? 0, `${field}.targetPort`),
    ...(appProtocol === undefined ? [] : qualifiedName(appProtocol)).map((reason) =>
      invalid(`${field}.appProtocol`, appProtocol, reason),
    ),
  ];
}

function nameErrors({ name }: ServicePort, index: number, ports: readonly ServicePort[]): FieldError[] {
  const field = `spec.ports[${index}].name`;
  if (!name) return ports.length > 1 ? [required(field)] : [];
  const again = ports.slice(0, index).some((other) => other.name === name);
  return [
    ...dnsLabel(name).map((reason) => invalid(field, name, reason)),
    ...(again ? [duplicate(field, name)] : []),
  ];
}

/** No two ports may share a node port or a port number of one protocol. */
export function validatePortUniqueness({ type, ports = [] }: ServiceSpec): FieldError[] {
  const seen = new Set<string>();
  const isAgain = (key: string) => seen.has(key) || !seen.add(key);
  const unused = ports.flatMap(({ nodePort }, index) =>
    type === 'ClusterIP' && nodePort
      ? [forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")]
      : [],
  );
  const nodePorts = ports.flatMap(({ nodePort, protocol }, index) =>
    nodePort && isAgain(`node ${protocol} ${nodePort}`)
      ? [duplicate(`spec.ports[${index}].nodePort`, nodePort)]
      : [],
  );
  const numbers = ports.flatMap(({ port, protocol }, index) =>
    isAgain(`${protocol} ${port}`) ? [duplicate(`spec.ports[${index}]`, asGoStruct(port, protocol))] : [],
  );
  return [...unused, ...nodePorts, ...numbers];
}

/** Kubernetes prints its internal structure here, whose fields have no JSON names. */
function asGoStruct(port: number, protocol: string | undefined): Record<string, unknown> {
  return { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
}
