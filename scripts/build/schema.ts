import { rename, writeFile } from 'node:fs/promises';
import { repositoryRoot } from '../../lib/root.ts';
import { kinds } from '../../sandbox/apiserver/kinds/index.ts';
import type { ObjectType, Schema } from '../../sandbox/apiserver/schema/schema.ts';
import { readModel } from './schema/model.ts';
import { readProtobuf } from './schema/protobuf.ts';
import { packageOf, roots } from './schema/roots.ts';

/**
 * Builds the compact schema of every kind and what it consists of, from the models that client-node generates out of
 * Kubernetes' own OpenAPI. With `outFile` it is written there as JSON too.
 */
export async function buildSchema(options: { root?: string; outFile?: string } = {}): Promise<Schema> {
  const root = options.root ?? repositoryRoot();
  const wires = await readProtobuf(root);
  const folder = `${root}/node_modules/@kubernetes/client-node/dist/gen/models`;
  const types: Record<string, ObjectType> = {};
  const kindRoots = kinds.map(({ model, group, version }) => ({ model, pkg: packageOf(group, version) }));
  const queue = [...roots, ...kindRoots];
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (types[next.model]) continue;
    const type = await readModel(folder, next.model, next.pkg);
    const wire = wires.get(next.model);
    types[next.model] = wire ? { ...type, wire } : type;
    for (const field of Object.values(type.fields)) {
      const model = /ref:(\w+)$/.exec(field.type)?.[1];
      if (model) queue.push({ model, pkg: type.pkg });
    }
  }
  const schema: Schema = { types };
  if (options.outFile) await store(options.outFile, schema);
  return schema;
}

async function store(file: string, schema: Schema): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(schema));
  await rename(`${file}.new`, file);
}
