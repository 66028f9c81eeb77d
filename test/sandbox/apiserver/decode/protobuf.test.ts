import { expect } from 'chai';
import { decodeProtobuf } from '../../../../sandbox/apiserver/decode/protobuf.ts';
import type { Schema } from '../../../../sandbox/apiserver/schema/schema.ts';
import { testSchema } from '../start-api.ts';

/** The pieces of protobuf's encoding that the messages below are made of. */
const tag = (number: number, type: number) => varint(BigInt((number << 3) | type));
const bytes = (number: number, value: string | Buffer) => {
  const body = Buffer.from(value);
  return Buffer.concat([tag(number, 2), varint(BigInt(body.length)), body]);
};
const number = (field: number, value: bigint) => Buffer.concat([tag(field, 0), varint(value)]);
const message = (field: number, ...parts: Buffer[]) => bytes(field, Buffer.concat(parts));

function varint(value: bigint): Buffer {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    out.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(out);
}

const envelope = (apiVersion: string, kind: string, ...parts: Buffer[]) =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    message(1, bytes(1, apiVersion), bytes(2, kind)),
    message(2, ...parts),
  ]);

describe('protobuf', () => {
  let schema: Schema;
  before(async () => {
    schema = await testSchema();
  });

  it('is read as what JSON would have said', () => {
    const port = message(
      1,
      bytes(1, 'http'),
      number(3, 80n),
      message(4, number(1, 1n), bytes(3, 'web')),
      number(5, 0n),
    );
    const negative = message(1, number(3, -1n), message(4, number(1, 0n), number(2, 8080n)));
    const selector = message(2, bytes(1, 'app'), bytes(2, 'x'));
    const metadata = message(1, bytes(1, 's'), bytes(3, ''), message(8));
    const body = envelope('v1', 'Service', metadata, message(2, port, negative, selector, number(13, 0n)));
    expect(decodeProtobuf(schema, 'V1Service', body)).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: {
        ports: [
          { name: 'http', port: 80, targetPort: 'web' },
          { port: -1, targetPort: 8080 },
        ],
        selector: { app: 'x' },
      },
    });
  });

  it('keeps zeros where Go has a pointer, and reads bytes, times and amounts', () => {
    const secret = envelope(
      'v1',
      'Secret',
      message(1, message(8, number(1, 1_767_323_045n))),
      message(2, bytes(1, 'k'), bytes(2, 'v')),
    );
    expect(decodeProtobuf(schema, 'V1Secret', secret)).to.deep.include({
      metadata: { creationTimestamp: '2026-01-02T03:04:05.000000000Z' },
      data: { k: Buffer.from('v').toString('base64') },
    });
    const deployment = envelope('apps/v1', 'Deployment', message(2, number(1, 0n), number(5, 0n)));
    expect(decodeProtobuf(schema, 'V1Deployment', deployment)).to.deep.include({ spec: { replicas: 0 } });
    const limits = message(8, message(1, bytes(1, 'cpu'), message(2, bytes(1, '100m'))));
    const pod = envelope('v1', 'Pod', message(2, message(2, bytes(1, 'c'), limits)));
    expect(decodeProtobuf(schema, 'V1Pod', pod)).to.deep.include({
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: '100m' } } }] },
    });
  });

  it('puts the fields of embedded messages where JSON has them', () => {
    const probe = message(10, message(1, message(2, bytes(1, '/healthz'))), number(2, 3n));
    const pod = envelope('v1', 'Pod', message(2, message(2, probe)));
    expect(decodeProtobuf(schema, 'V1Pod', pod)).to.deep.include({
      spec: { containers: [{ livenessProbe: { httpGet: { path: '/healthz' }, initialDelaySeconds: 3 } }] },
    });
  });

  for (const [what, body, text] of [
    [
      'other bytes',
      Buffer.from('hello'),
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    ],
    ['a message that breaks off', Buffer.from('k8s\0\x0a\x50a', 'latin1'), 'unexpected EOF'],
    ['an unknown wire type', Buffer.from('k8s\0\x0b', 'latin1'), 'proto: illegal wireType 3'],
    ['an endless number', Buffer.from(`k8s\0\x08${'\xff'.repeat(11)}`, 'latin1'), 'proto: integer overflow'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => decodeProtobuf(schema, 'V1Pod', body)).to.throw(text);
    });
  }
});
