import type { RequestInfo } from '../http/request-info.ts';
import { forbidden, Refusal } from '../status.ts';
import { type Rule, rulesFor, superusers } from './rules.ts';
import type { User } from './user.ts';

/** What someone wants to do with a resource. */
export type Wish = Pick<RequestInfo, 'verb' | 'group' | 'plural' | 'subresource' | 'namespace' | 'name'>;

/** Throws Refusal 403 unless the user may do what the request asks for. */
export function authorize(user: User, info: RequestInfo): void {
  if (!info.isResource) {
    if (mayVisit(user, info.path)) return;
    const message = `forbidden: User ${JSON.stringify(user.name)} cannot ${info.verb} path ${JSON.stringify(info.path)}`;
    throw new Refusal(403, 'Forbidden', message, {});
  }
  if (!isAllowed(user, info)) throw forbidden(info, info.name, sentence(user, info));
}

/** True when the user may. */
export function isAllowed(user: User, wish: Wish): boolean {
  if (user.groups.some((group) => superusers.has(group))) return true;
  const resource = resourceName(wish);
  return rulesFor(user).some((rule) => meets(rule, wish, resource));
}

function meets(rule: Rule, wish: Wish, resource: string): boolean {
  if (!rule.verbs.includes(wish.verb) || !rule.resources.includes(resource)) return false;
  if (rule.name !== undefined && rule.name !== wish.name) return false;
  return rule.namespace === undefined || rule.namespace === wish.namespace;
}

function resourceName({ plural, subresource, group }: Wish): string {
  return `${plural}${group === '' ? '' : `.${group}`}${subresource === '' ? '' : `/${subresource}`}`;
}

/** Open to everyone (system:public-info-viewer), and to everyone known (system:discovery). */
const publicPaths = /^\/(healthz|livez|readyz|version)(\/|$)/;
const discoveryPaths = /^\/(api|apis|openapi)(\/|$)/;

function mayVisit(user: User, path: string): boolean {
  if (user.groups.some((group) => superusers.has(group)) || publicPaths.test(path)) return true;
  return user.groups.includes('system:authenticated') && discoveryPaths.test(path);
}

function sentence(user: User, { verb, group, plural, subresource, namespace }: RequestInfo): string {
  const resource = subresource === '' ? plural : `${plural}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(resource)}`;
  return `${who} in API group ${JSON.stringify(group)} ${where}`;
}
