import { isNotFound } from '../../../lib/kube/api-error.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { V1ConfigMap, V1Secret, Wire } from '../../../lib/kube/types.ts';
import { expand } from './expand.ts';
import { fieldValue } from './field-ref.ts';
import type { Container, Pod } from './pod.ts';
import { serviceEnvironment } from './service-env.ts';
import type { NodeContext } from './unit.ts';

/** A container cannot be made because of what its spec refers to; the message is the kubelet's. */
export class ConfigFault extends Error {}

/**
 * The variables of a container from its Services, envFrom and env, later ones over earlier ones, `$(NAME)` expanded.
 * Throws ConfigFault when a ConfigMap, Secret or key is missing. As Kubelet.makeEnvironmentVariables.
 */
export async function containerEnvironment(
  node: NodeContext,
  pod: Pod,
  container: Container,
  address: string,
): Promise<Record<string, string>> {
  const namespace = pod.metadata?.namespace ?? '';
  const links = pod.spec?.enableServiceLinks !== false;
  const variables = serviceEnvironment(node.services(), namespace, links);
  const read = reader(node, namespace);
  for (const source of container.envFrom ?? []) {
    const data = await importedFrom(read, source);
    for (const [name, value] of Object.entries(data)) variables[`${source.prefix ?? ''}${name}`] = value;
  }
  for (const variable of container.env ?? []) {
    const value = await variableValue(variable, { node, pod, address, read, variables, namespace });
    if (value !== undefined) variables[variable.name] = value;
  }
  return variables;
}

type Variable = NonNullable<Container['env']>[number];
type Reader = (kind: 'ConfigMap' | 'Secret', name: string) => Promise<Record<string, string> | undefined>;

function reader(node: NodeContext, namespace: string): Reader {
  return async (kind, name) => {
    try {
      if (kind === 'ConfigMap') {
        const map = await node.client.get<Wire<V1ConfigMap>>(resources.configMaps, { namespace, name });
        return { ...map.data };
      }
      const secret = await node.client.get<Wire<V1Secret>>(resources.secrets, { namespace, name });
      const entries = Object.entries(secret.data ?? {});
      return Object.fromEntries(
        entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      );
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
}

async function importedFrom(
  read: Reader,
  source: NonNullable<Container['envFrom']>[number],
): Promise<Record<string, string>> {
  const kind = source.configMapRef ? 'ConfigMap' : 'Secret';
  const reference = source.configMapRef ?? source.secretRef;
  if (!reference?.name) return {};
  const data = await read(kind, reference.name);
  if (!data && !reference.optional) throw missing(kind, reference.name);
  return data ?? {};
}

async function variableValue(
  variable: Variable,
  context: {
    node: NodeContext;
    pod: Pod;
    address: string;
    read: Reader;
    variables: Record<string, string>;
    namespace: string;
  },
): Promise<string | undefined> {
  const from = variable.valueFrom;
  if (!from) return expand(variable.value ?? '', context.variables);
  if (from.fieldRef) {
    const addresses = { pod: context.address, node: context.node.nodeAddress };
    return fieldValue(context.pod, from.fieldRef.fieldPath, addresses);
  }
  const kind = from.configMapKeyRef ? 'ConfigMap' : 'Secret';
  const reference = from.configMapKeyRef ?? from.secretKeyRef;
  if (!reference) return '';
  const data = await context.read(kind, reference.name ?? '');
  const value = data?.[reference.key];
  if (value !== undefined || reference.optional) return value;
  if (!data) throw missing(kind, reference.name ?? '');
  throw new ConfigFault(
    `couldn't find key ${reference.key} in ${kind} ${context.namespace}/${reference.name}`,
  );
}

function missing(kind: string, name: string): ConfigFault {
  return new ConfigFault(`${kind.toLowerCase()} "${name}" not found`);
}
