import type { V1Node, V1Pod, Wire } from '../../../lib/kube/types.ts';
import type { Api, Call } from '../api.ts';
import { badRequest, notFound } from '../status.ts';
import { getObject } from '../verbs/read.ts';

/** Where a node agent serves a pod's streams. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** The node agent's URL paths for the pod's subresources, as the kubelet's. */
const folders: Readonly<Record<string, string>> = {
  log: 'containerLogs',
  exec: 'exec',
  attach: 'attach',
  portforward: 'portForward',
};

/** Undefined when the pod is on no node yet: its log is empty then. Throws Refusal 400 or 404 as Kubernetes does. */
export function targetOf(call: Call): Target | undefined {
  const { api, info } = call;
  const pod = getObject(call) as unknown as Wire<V1Pod>;
  const needsContainer = info.subresource !== 'portforward';
  const container = needsContainer
    ? `/${encodeURIComponent(containerOf(pod, info.query.get('container')))}`
    : '';
  const node = pod.spec?.nodeName;
  if (!node) {
    if (info.subresource === 'log') return undefined;
    throw badRequest(`pod ${info.name} does not have a host assigned`);
  }
  const place = [info.namespace, info.name].map(encodeURIComponent).join('/');
  const path = `/${folders[info.subresource]}/${place}${container}${queryFor(info.subresource, info.query)}`;
  return { ...addressOf(api, node), path };
}

function containerOf({ metadata, spec }: Wire<V1Pod>, wanted: string | null): string {
  const all = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ];
  const pod = metadata?.name ?? '';
  if (wanted) {
    if (all.some(({ name }) => name === wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${pod}`);
  }
  const preferred = metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  const names = spec?.containers.map(({ name }) => name) ?? [];
  if (preferred && names.includes(preferred)) return preferred;
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  const inits = (spec?.initContainers ?? []).map(({ name }) => name);
  const also = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : '';
  throw badRequest(
    `a container name must be specified for pod ${pod}, choose one of: [${names.join(' ')}]${also}`,
  );
}

function addressOf(api: Api, name: string): { host: string; port: number } {
  const node = api.store.get('nodes', undefined, name) as unknown as Wire<V1Node> | undefined;
  if (!node) throw notFound({ group: '', plural: 'nodes' }, name);
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (!address) throw badRequest(`no preferred addresses found; known addresses: []`);
  return { host: address, port: node.status?.daemonEndpoints?.kubeletEndpoint?.Port || api.kubelet.port };
}

/** The API's parameters in the kubelet's words (kubernetes: pkg/registry/core/pod StreamLocation, LogLocation). */
function queryFor(subresource: string, query: URLSearchParams): string {
  const result = new URLSearchParams();
  if (subresource === 'log') {
    for (const name of logOptions) for (const value of query.getAll(name)) result.append(name, value);
  } else {
    for (const [ours, theirs] of streamOptions) if (isOn(query.get(ours))) result.set(theirs, '1');
    for (const name of ['command', 'ports'])
      for (const value of query.getAll(name)) result.append(name, value);
  }
  const text = result.toString();
  return text === '' ? '' : `?${text}`;
}

const logOptions = [
  'follow',
  'previous',
  'sinceSeconds',
  'sinceTime',
  'timestamps',
  'tailLines',
  'limitBytes',
  'stream',
];
const streamOptions = [
  ['stdin', 'input'],
  ['stdout', 'output'],
  ['stderr', 'error'],
  ['tty', 'tty'],
] as const;

function isOn(value: string | null): boolean {
  return value === 'true' || value === '1';
}
