import type { Call, Outcome } from './api.ts';
import { forwardLog } from './kubelet/forward.ts';
import { httpProxy } from './kubelet/http-proxy.ts';
import { targetOf } from './kubelet/target.ts';
import { methodNotAllowed, noSuchResource, Refusal } from './status.ts';
import { bind, evict } from './subresources/pod.ts';
import { getScale, patchScale, updateScale } from './subresources/scale.ts';
import { issueToken } from './subresources/token.ts';
import { patch } from './verbs/patch.ts';
import { get, list } from './verbs/read.ts';
import { watch } from './verbs/watch.ts';
import { create, remove, removeCollection, update } from './verbs/write.ts';

type Verb = (call: Call) => Outcome | Promise<Outcome>;

/** What each verb does to an object or a collection. */
const main: Readonly<Record<string, Verb>> = {
  create,
  delete: remove,
  deletecollection: removeCollection,
  get,
  list,
  patch: (call) => patch(call, 'main'),
  update: (call) => update(call, 'main'),
  watch,
};

/** What each verb does to a subresource. */
const subresources: Readonly<Record<string, Readonly<Record<string, Verb>>>> = {
  status: { get, patch: (call) => patch(call, 'status'), update: (call) => update(call, 'status') },
  scale: { get: getScale, patch: patchScale, update: updateScale },
  finalize: { update: (call) => update(call, 'finalize') },
  binding: { create: bind },
  eviction: { create: evict },
  token: { create: issueToken },
  log: { get: forwardLog },
  exec: { create: upgradeRequired, get: upgradeRequired },
  attach: { create: upgradeRequired, get: upgradeRequired },
  portforward: { create: upgradeRequired, get: upgradeRequired },
  proxy: { create: httpProxy, delete: httpProxy, get: httpProxy, patch: httpProxy, update: httpProxy },
};

/** Does what the request asks for. Throws Refusal 404 for a place, 405 for a verb that there is not. */
export function route(call: Call): Outcome | Promise<Outcome> {
  return verbFor(call)(call);
}

/** The verbs of a kind, or of one of its subresources; in alphabetical order, as discovery lists them. */
export function verbsOf(plural: string, subresource = ''): string[] {
  if (subresource !== '') return Object.keys(subresources[subresource] ?? {});
  return Object.keys(main).filter((verb) => plural !== 'namespaces' || verb !== 'deletecollection');
}

function verbFor({ kind, info }: Call): Verb {
  const { verb, name, subresource, namespace } = info;
  const scoped = namespace !== '' && kind.plural !== 'namespaces';
  if (kind.namespaced ? name !== '' && !scoped : scoped) throw noSuchResource();
  if (subresource !== '') {
    if (!kind.subresources.includes(subresource)) throw noSuchResource();
    return subresources[subresource]?.[verb] ?? refuseMethod();
  }
  const needsNamespace = kind.namespaced && (verb === 'create' || verb === 'deletecollection');
  const needsName = verb === 'update' || verb === 'patch';
  if ((needsNamespace && !scoped) || (verb === 'create' && name !== '') || (needsName && name === ''))
    refuseMethod();
  return verbsOf(kind.plural).includes(verb) ? (main[verb] ?? refuseMethod()) : refuseMethod();
}

function refuseMethod(): never {
  throw methodNotAllowed();
}

function upgradeRequired(call: Call): never {
  targetOf(call);
  throw new Refusal(400, 'BadRequest', 'Upgrade request required');
}
