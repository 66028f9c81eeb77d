import { readFile } from 'node:fs/promises';
import type { Field, ObjectType } from '../../../sandbox/apiserver/schema/schema.ts';
import { goTypes, patchRules, quantities } from './extras.ts';
import { metaTypes } from './roots.ts';

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

/** Reads one of client-node's generated models: names and types from its code, the rest from its declarations. */
export async function readModel(folder: string, model: string, pkg: string): Promise<ObjectType> {
  const [code, declaration] = await Promise.all([
    readFile(`${folder}/${model}.js`, 'utf8'),
    readFile(`${folder}/${model}.d.ts`, 'utf8'),
  ]);
  const name = model.replace(/^([A-Z][a-z]+)?V1/, '');
  const attributes = attributesOf(code, model);
  const docs = fieldDocs(declaration);
  const fields = attributes.map(({ baseName, type, format }): [string, Field] => {
    const { description = '', required = false } = docs.get(baseName) ?? {};
    const path = `${name}.${baseName}`;
    const field: Field = {
      type: quantities.get(path) ?? compact(type, format),
      description,
      ...(required && { required }),
      ...patchRules.get(path),
      ...(goTypes.has(path) && { goType: `v1.${goTypes.get(path)}` }),
    };
    return [baseName, field];
  });
  return {
    name,
    pkg: metaTypes.has(model) ? 'io.k8s.apimachinery.pkg.apis.meta.v1' : pkg,
    description: classDoc(declaration),
    fields: Object.fromEntries(fields),
  };
}

function attributesOf(code: string, model: string): Attribute[] {
  const [, json] = /\.attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(code) ?? [];
  if (!json) {
    if (/\.attributeTypeMap = \[\];/.test(code)) return [];
    throw new Error(`the model ${model} has no attributeTypeMap`);
  }
  return JSON.parse(json) as Attribute[];
}

function compact(type: string, format: string): string {
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list) return `list:${compact(list, format)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (map) return `map:${compact(map, format)}`;
  if (type === 'number') return format || 'double';
  if (type === 'string') return format === 'byte' ? 'byte' : 'string';
  return scalars.get(type) ?? `ref:${type}`;
}

const scalars: ReadonlyMap<string, string> = new Map([
  ['boolean', 'boolean'],
  ['any', 'any'],
  ['object', 'any'],
  ['Date', 'time'],
  ['V1MicroTime', 'microTime'],
  ['IntOrString', 'intOrString'],
]);

function fieldDocs(declaration: string): Map<string, { description: string; required: boolean }> {
  const docs = new Map<string, { description: string; required: boolean }>();
  const pattern = /(?:\/\*\*\n\s+\* (.*)\n\s+\*\/\n)?\s+'([^']+)'(\??):/g;
  for (const [, text = '', name = '', optional] of declaration.matchAll(pattern)) {
    docs.set(name, { description: unquote(text), required: optional === '' });
  }
  return docs;
}

function classDoc(declaration: string): string {
  return unquote(/\n\/\*\*\n\* (.*)\n\*\/\nexport declare class/.exec(declaration)?.[1] ?? '');
}

function unquote(text: string): string {
  return text.replace(/\\(['"])/g, '$1');
}
