import { parseAccept } from '../http/accept.ts';
import type { Answer } from '../http/respond.ts';
import type { Registry } from '../registry.ts';
import { apiVersionOf } from '../registry.ts';
import { type ApiGroup, groupsOf } from './groups.ts';
import type { ApiResource } from './resources.ts';

/** Answers `/api`, `/apis` and what is below them; undefined for other paths. */
export function discoveryPage(
  registry: Registry,
): (path: string, accept: string | undefined) => Answer | undefined {
  const groups = groupsOf(registry);
  const [core, ...others] = groups;
  const plain = new Map<string, unknown>([
    ['/api', { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: others.map(groupBody) }],
  ]);
  for (const group of groups) {
    const root = group.group === '' ? '/api/v1' : `/apis/${apiVersionOf(group)}`;
    plain.set(root, resourceList(group));
    if (group.group !== '') {
      plain.set(`/apis/${group.group}`, { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) });
    }
  }
  const aggregated = new Map([
    ['/api', aggregate(core ? [core] : [])],
    ['/apis', aggregate(others)],
  ]);
  return (path, accept) => {
    const whole = aggregated.get(path);
    if (whole && wantsAggregated(accept)) return { code: 200, body: whole, contentType: aggregatedType };
    const body = plain.get(path);
    return body === undefined ? undefined : { code: 200, body };
  };
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** True when the whole of a tree is asked for before the short form is. */
function wantsAggregated(accept: string | undefined): boolean {
  for (const { type, parameters } of parseAccept(accept ?? '')) {
    if (type !== 'application/json' && type !== '*/*') continue;
    if (parameters['as'] === undefined) return false;
    if (parameters['as'] === 'APIGroupDiscoveryList' && parameters['v'] === 'v2') return true;
  }
  return false;
}

function groupBody({ group, version }: ApiGroup) {
  const own = { groupVersion: `${group}/${version}`, version };
  return { name: group, versions: [own], preferredVersion: own };
}

function resourceList(group: ApiGroup) {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(group),
    resources: group.resources.map((resource) => ({
      name: resource.name,
      singularName: resource.singularName,
      namespaced: resource.namespaced,
      ...(resource.group !== group.group && { group: resource.group, version: resource.version }),
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
      ...(resource.categories.length > 0 && { categories: resource.categories }),
    })),
  };
}

/** apidiscovery.k8s.io/v2: everything in one answer. */
function aggregate(groups: readonly ApiGroup[]) {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ group, version, resources }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: [
        {
          version,
          resources: resources.flatMap((resource) => whole(resource, resources)),
          freshness: 'Current',
        },
      ],
    })),
  };
}

function whole(resource: ApiResource, all: readonly ApiResource[]) {
  if (resource.name.includes('/')) return [];
  const parts = all.filter(({ name }) => name.startsWith(`${resource.name}/`));
  return [
    {
      resource: resource.name,
      responseKind: responseKind(resource),
      scope: resource.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: resource.singularName,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
      ...(resource.categories.length > 0 && { categories: resource.categories }),
      ...(parts.length > 0 && {
        subresources: parts.map((part) => ({
          subresource: part.name.slice(resource.name.length + 1),
          responseKind: responseKind(part),
          verbs: part.verbs,
        })),
      }),
    },
  ];
}

function responseKind({ group, version, kind }: ApiResource) {
  return { group, version, kind };
}
