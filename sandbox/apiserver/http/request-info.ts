/** What a URL asks for, as k8s.io/apiserver's RequestInfo. */
export interface RequestInfo {
  readonly isResource: boolean;
  readonly path: string;
  readonly query: URLSearchParams;
  /** `get`, `list`, `watch`, `create`, … for resources; the HTTP method in small letters for other paths. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Empty for cluster-wide requests. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** What follows the subresource: the path for `…/proxy/…`. */
  readonly rest: string;
}

/** Takes method and URL apart. Throws URIError when the path is badly escaped. */
export function parseRequest(method: string, url: string): RequestInfo {
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1));
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const place = resourcePlace(parts);
  if (!place) return { ...nowhere, path, query, verb: method.toLowerCase() };
  const at = resourceAt(place.rest);
  const { group, version } = place;
  return { isResource: true, path, query, verb: verbOf(method, at.name, query), group, version, ...at };
}

const nowhere = {
  isResource: false,
  group: '',
  version: '',
  plural: '',
  namespace: '',
  name: '',
  subresource: '',
  rest: '',
} as const;

function resourcePlace(
  parts: readonly string[],
): { group: string; version: string; rest: string[] } | undefined {
  const [root, first = '', second = ''] = parts;
  if (root === 'api' && parts.length > 2 && parts[2])
    return { group: '', version: first, rest: parts.slice(2) };
  if (root === 'apis' && parts.length > 3 && parts[3]) {
    return { group: first, version: second, rest: parts.slice(3) };
  }
  return undefined;
}

type At = Pick<RequestInfo, 'plural' | 'namespace' | 'name' | 'subresource' | 'rest'>;

/** `namespaces/a/pods/b/log` or `namespaces/a/finalize`: what follows a namespace's name may be a part of it. */
function resourceAt(parts: readonly string[]): At {
  const [first = '', second = '', third = ''] = parts;
  const inNamespace = first === 'namespaces' && third !== '' && !namespaceParts.has(third);
  const [plural = '', name = '', subresource = '', ...rest] = inNamespace ? parts.slice(2) : parts;
  const namespace = inNamespace || first === 'namespaces' ? second : '';
  return { plural, namespace, name, subresource, rest: rest.join('/') };
}

const namespaceParts: ReadonlySet<string> = new Set(['status', 'finalize']);

function verbOf(method: string, name: string, query: URLSearchParams): string {
  if (method === 'GET' || method === 'HEAD') {
    if (name !== '') return 'get';
    return isTrue(query.get('watch')) ? 'watch' : 'list';
  }
  if (method === 'DELETE') return name === '' ? 'deletecollection' : 'delete';
  return verbs[method] ?? method.toLowerCase();
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/** As Go's strconv.ParseBool, with an empty value (`?watch`) true too. */
export function isTrue(value: string | null): boolean {
  return value !== null && ['', '1', 't', 'T', 'true', 'TRUE', 'True'].includes(value);
}
