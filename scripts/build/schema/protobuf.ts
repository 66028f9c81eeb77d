import { readFile } from 'node:fs/promises';
import type { Wire } from '../../../sandbox/apiserver/schema/schema.ts';

/**
 * Reads protobuf.txt: the field numbers of each type's protobuf form, from generated.proto of k8s.io/api and
 * k8s.io/apimachinery v0.34.1 (Apache-2.0), the version of client-node's models. A line is `V1Probe: 1(exec=1,httpGet=2)
 * initialDelaySeconds=2 …`: field 1 is a message whose fields JSON has inline; `+` marks fields that are kept when they are
 * zero or empty (pointers in Go, or without `omitempty`).
 */
export async function readProtobuf(root: string): Promise<ReadonlyMap<string, Wire>> {
  const text = await readFile(`${root}/scripts/build/schema/protobuf.txt`, 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map(parseLine));
}

function parseLine(line: string): [string, Wire] {
  const [model = '', rest = ''] = line.split(/: ?/, 2);
  const wire: Record<string, Wire[string]> = {};
  for (const part of rest.split(' ').filter((entry) => entry !== '')) {
    const [, number, inner] = /^(\d+)\((.*)\)$/.exec(part) ?? [];
    if (number !== undefined && inner !== undefined) {
      wire[number] = { inline: Object.fromEntries(inner.split(',').map(parseField)) };
    } else {
      const [key, field] = parseField(part);
      wire[key] = field;
    }
  }
  return [model, wire];
}

function parseField(text: string): [string, { name: string; keepsZero?: true }] {
  const [, name = '', number = '', keeps] = /^(\w+)=(\d+)(\+?)$/.exec(text) ?? [];
  if (number === '') throw new Error(`protobuf.txt has a bad entry: ${text}`);
  return [number, { name, ...(keeps === '+' && { keepsZero: true as const }) }];
}
