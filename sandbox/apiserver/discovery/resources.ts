import type { Kind } from '../kinds/kind.ts';
import { verbsOf } from '../routes.ts';

/** One resource or subresource, as discovery tells of it. */
export interface ApiResource {
  /** `pods`, `pods/log` */
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

/** Kinds that subresources speak instead of their object's own. */
const subresourceKinds: Readonly<Record<string, { kind: string; group?: string }>> = {
  attach: { kind: 'PodAttachOptions' },
  binding: { kind: 'Binding' },
  eviction: { kind: 'Eviction', group: 'policy' },
  exec: { kind: 'PodExecOptions' },
  portforward: { kind: 'PodPortForwardOptions' },
  scale: { kind: 'Scale', group: 'autoscaling' },
  token: { kind: 'TokenRequest', group: 'authentication.k8s.io' },
};

/** A kind and its subresources. */
export function resourcesOf(kind: Kind): ApiResource[] {
  const { group, version, namespaced, plural, singular: singularName, shortNames, categories } = kind;
  const main = {
    name: plural,
    singularName,
    namespaced,
    kind: kind.kind,
    group,
    version,
    verbs: verbsOf(plural),
    shortNames,
    categories,
  };
  const parts = kind.subresources.map((subresource) => ({
    name: `${plural}/${subresource}`,
    singularName: '',
    namespaced,
    kind: kindOfPart(kind, subresource),
    group: subresourceKinds[subresource]?.group ?? group,
    version,
    verbs: verbsOf(plural, subresource),
    shortNames: [],
    categories: [],
  }));
  return [main, ...parts.toSorted((a, b) => (a.name < b.name ? -1 : 1))];
}

function kindOfPart(kind: Kind, subresource: string): string {
  if (subresource === 'proxy') return `${kind.kind}ProxyOptions`;
  return subresourceKinds[subresource]?.kind ?? kind.kind;
}
