import { isDeepStrictEqual } from 'node:util';
import { startApi } from '../start-api.ts';
import type { Answer, Group, Json } from './case.ts';
import { isObject, loadGroups, merge } from './case.ts';
import { normalize, withoutAccount } from './normalize.ts';
import { RealServer } from './real-server.ts';

/**
 * Punches random holes into the objects of the cases, sends each to a real API server and to ours, and prints where
 * the answers differ, so that new cases can be made of it:
 * `node --import tsx test/sandbox/apiserver/kinds/compare.ts https://127.0.0.1:6444 TOKEN [COUNT] [SEED]`.
 */
const [url = '', token = '', count = '100', seed = '1'] = process.argv.slice(2);
const random = randomFrom(Number(seed));
const admin = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
const api = await startApi({ tokens: new Map([[token, admin]]) });
try {
  const servers = [new RealServer(url, token), new RealServer(api.url, token)];
  for (const server of servers) await server.prepare();
  const groups = loadGroups(Date.now()).filter(({ plural }) => plural !== 'namespaces');
  let same = 0;
  for (let index = 0; index < Number(count); index++) {
    const group = groups[random(groups.length)] as Group;
    const base = withHoles(merge(group.base, group.cases[random(group.cases.length)]?.create));
    const [real, ours] = await Promise.all(servers.map((server) => answerOf(server, { ...group, base })));
    if (isDeepStrictEqual(real, ours)) same++;
    else process.stdout.write(`${JSON.stringify(base)}\n  real ${text(real)}\n  ours ${text(ours)}\n`);
  }
  process.stdout.write(`${same} of ${count} alike\n`);
} finally {
  await api.close();
}

async function answerOf(server: RealServer, group: Group): Promise<unknown> {
  const given = { title: JSON.stringify(group.base), create: {} };
  return withoutAccount(normalize(await server.play(group, given), given));
}

function text(answer: unknown): string {
  const { code, message, object } = answer as Answer;
  return `${code} ${message ?? JSON.stringify(object)}`;
}

/** A copy without one or two of its fields, or with them emptied; what says which object it is stays. */
function withHoles(object: unknown): Json {
  const copy = structuredClone(object) as Json;
  for (let hole = random(2); hole >= 0; hole--) {
    const places = placesIn(copy).filter(({ path }) => !/^(apiVersion|kind|metadata)\b/.test(path));
    const place = places[random(places.length)];
    if (place) punch(place);
  }
  return copy;
}

interface Place {
  path: string;
  parent: Json | unknown[];
  key: string;
}

function placesIn(value: unknown, prefix = ''): Place[] {
  if (!isObject(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [{ path, parent: value, key }, ...placesIn(entry, path)];
  });
}

function punch({ parent, key }: Place): void {
  if (Array.isArray(parent)) {
    parent.splice(Number(key), 1, ...(random(2) === 0 ? [] : [emptied(parent[Number(key)])]));
  } else if (random(2) === 0) delete parent[key];
  else parent[key] = emptied(parent[key]);
}

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (isObject(value)) return {};
  if (typeof value === 'number') return 0;
  return typeof value === 'string' ? '' : false;
}

/** Numbers below a limit, the same ones for the same seed (Park and Miller). */
function randomFrom(start: number): (limit: number) => number {
  let state = start;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}
