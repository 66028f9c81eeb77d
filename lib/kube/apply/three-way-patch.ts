type Json = Record<string, unknown>;

/**
 * The strategic merge patch that makes an object what `wanted` says and takes away what `last` said and `wanted` no longer does.
 * Fields that neither names stay as they are. Fields equal to what is there make no difference to the server.
 */
export function threeWayPatch(last: unknown, wanted: unknown): unknown {
  return isMap(wanted) ? mapPatch(isMap(last) ? last : {}, wanted) : wanted;
}

function mapPatch(last: Json, wanted: Json): Json {
  const patch: Json = {};
  for (const [key, value] of Object.entries(wanted)) patch[key] = fieldPatch(key, last[key], value);
  for (const key of Object.keys(last)) if (!(key in wanted)) patch[key] = null;
  return patch;
}

function fieldPatch(field: string, last: unknown, wanted: unknown): unknown {
  if (isMap(wanted)) return mapPatch(isMap(last) ? last : {}, wanted);
  if (!Array.isArray(wanted)) return wanted;
  const key = mergeKey(field, wanted);
  if (key === undefined) return wanted;
  return listPatch(key, Array.isArray(last) ? last.filter(isMap) : [], wanted.filter(isMap));
}

function listPatch(key: string, last: Json[], wanted: Json[]): Json[] {
  const before = new Map(last.map((item) => [item[key], item]));
  const now = new Set(wanted.map((item) => item[key]));
  return [
    ...wanted.map((item) => mapPatch(before.get(item[key]) ?? {}, item)),
    ...last.filter((item) => !now.has(item[key])).map((item) => ({ [key]: item[key], $patch: 'delete' })),
  ];
}

/** The key by which Kubernetes merges a list (`x-kubernetes-patch-merge-key`); lists without one are replaced as a whole. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  imagePullSecrets: 'name',
  volumeMounts: 'mountPath',
  hostAliases: 'ip',
};

function mergeKey(field: string, items: unknown[]): string | undefined {
  if (field !== 'ports') return mergeKeys[field];
  const isContainerPort = items.some((item) => isMap(item) && 'containerPort' in item);
  return isContainerPort ? 'containerPort' : 'port';
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
