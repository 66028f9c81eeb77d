import { expect } from 'chai';
import fc from 'fast-check';
import { decodeObject } from '../../../../sandbox/apiserver/decode/object.ts';
import { parseJson } from '../../../../sandbox/apiserver/decode/syntax.ts';
import type { Schema } from '../../../../sandbox/apiserver/schema/schema.ts';
import { testSchema } from '../start-api.ts';

describe('decoding', () => {
  let schema: Schema;
  before(async () => {
    schema = await testSchema();
  });

  const rows: [it: string, model: string, from: unknown, to: unknown][] = [
    ['leaves nulls out', 'V1Pod', { spec: { nodeName: null, containers: [] } }, { spec: { containers: [] } }],
    ['leaves empty lists and maps out', 'V1Service', { spec: { selector: {}, ports: [] } }, { spec: {} }],
    ['keeps empty objects', 'V1Volume', { name: 'v', emptyDir: {} }, { name: 'v', emptyDir: {} }],
    ['keeps zeros', 'V1DeploymentSpec', { replicas: 0, paused: false }, { replicas: 0, paused: false }],
    [
      'brings times to whole seconds in UTC',
      'V1ObjectMeta',
      { creationTimestamp: '2026-01-02T03:04:05.678+01:00' },
      { creationTimestamp: '2026-01-02T02:04:05Z' },
    ],
    [
      'brings microsecond times to six digits',
      'V1LeaseSpec',
      { renewTime: '2026-01-02T03:04:05.67Z' },
      { renewTime: '2026-01-02T03:04:05.670000Z' },
    ],
    [
      'takes numbers for amounts',
      'V1ResourceRequirements',
      { limits: { cpu: 1, memory: '1Gi' } },
      { limits: { cpu: '1', memory: '1Gi' } },
    ],
    [
      'takes names and numbers of ports',
      'V1ServicePort',
      { targetPort: 'web', port: 1 },
      { targetPort: 'web', port: 1 },
    ],
  ];
  for (const [title, model, from, to] of rows) {
    it(title, () => {
      expect(decodeObject(schema, model, from).object).to.deep.equal(to);
    });
  }

  it('refuses amounts that are none', () => {
    expect(() => decodeObject(schema, 'V1ResourceRequirements', { limits: { cpu: 'much' } })).to.throw(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  });

  it('names unknown fields by their path, among them those every object of JavaScript has', () => {
    const value = parseJson(
      '{"spec":{"ports":[{"x":1},{"toString":1}],"__proto__":{"a":1}},"constructor":1}',
    );
    const { object, unknown } = decodeObject(schema, 'V1Service', value);
    expect(unknown).to.deep.equal([
      'spec.ports[0].x',
      'spec.ports[1].toString',
      'spec.__proto__',
      'constructor',
    ]);
    expect(object).to.deep.equal({ spec: { ports: [{}, {}] } });
  });

  it('twice is the same as once, and shares nothing with what it was given', () => {
    const name = fc.constantFrom(
      'metadata',
      'spec',
      'ports',
      'port',
      'name',
      'selector',
      'labels',
      'targetPort',
      'type',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, fc.jsonValue({ maxDepth: 0 }), tie('list'), tie('object')),
      list: fc.array(tie('any'), { maxLength: 3 }),
      object: fc.dictionary(name, tie('any'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(value.object, (given) => {
        const before = JSON.stringify(given);
        let once: Record<string, unknown>;
        try {
          once = decodeObject(schema, 'V1Service', given).object;
        } catch (error) {
          expect((error as Error).message).to.match(/^json: cannot unmarshal /);
          return;
        }
        expect(decodeObject(schema, 'V1Service', once)).to.deep.equal({ object: once, unknown: [] });
        expect(JSON.stringify(given)).to.equal(before);
      }),
      { numRuns: 300 },
    );
  });
});

describe('JSON errors', () => {
  const rows: [string, string][] = [
    ['', 'unexpected end of JSON input'],
    ['{"a"', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{a}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{} x', "invalid character 'x' after top-level value"],
  ];
  for (const [text, message] of rows) {
    it(`read as Go's: ${message} (${JSON.stringify(text)})`, () => {
      expect(() => parseJson(text))
        .to.throw(SyntaxError)
        .with.property('message', message);
    });
  }
});
