import { expect } from 'chai';
import { ask } from './ask.ts';
import { startApi, type TestApi } from './start-api.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const services = '/api/v1/namespaces/default/services';

interface Case {
  readonly it: string;
  readonly send: readonly [method: string, path: string, body?: string, type?: string];
  readonly code: number;
  readonly message: string;
}

const map = (fields: string) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"e"},${fields}}`;
const service = (spec: string) =>
  `{"apiVersion":"v1","kind":"Service","metadata":{"name":"e"},"spec":${spec}}`;
const asMerge = 'application/merge-patch+json';
const asStrategic = 'application/strategic-merge-patch+json';
const asJsonPatch = 'application/json-patch+json';

/** Texts as kube-apiserver v1.35.4 answered the same requests. */
const cases: readonly Case[] = [
  {
    it: 'an unknown resource',
    send: ['GET', '/api/v1/nope'],
    code: 404,
    message: 'the server could not find the requested resource',
  },
  {
    it: 'a missing object',
    send: ['GET', `${maps}/nope`],
    code: 404,
    message: 'configmaps "nope" not found',
  },
  {
    it: 'a missing object of a group',
    send: ['GET', '/apis/apps/v1/namespaces/default/deployments/nope/scale'],
    code: 404,
    message: 'deployments.apps "nope" not found',
  },
  {
    it: 'a missing namespace',
    send: ['POST', '/api/v1/namespaces/missing/configmaps', map('"data":{}')],
    code: 404,
    message: 'namespaces "missing" not found',
  },
  {
    it: 'another namespace in the object than in the URL',
    send: ['POST', maps, '{"metadata":{"name":"b","namespace":"other"}}'],
    code: 400,
    message: 'the namespace of the provided object does not match the namespace sent on the request',
  },
  {
    it: 'no name',
    send: ['POST', maps, '{"metadata":{}}'],
    code: 422,
    message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  },
  {
    it: 'another kind than the URL’s',
    send: ['POST', maps, '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}'],
    code: 400,
    message:
      'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
  },
  {
    it: 'an unknown kind',
    send: ['POST', maps, '{"apiVersion":"foo/v1","kind":"Frob","metadata":{"name":"b"}}'],
    code: 400,
    message:
      'Frob in version "v1" cannot be handled as a ConfigMap: no kind "Frob" is registered for version "foo/v1" in scheme "pkg/runtime/scheme.go:111"',
  },
  {
    it: 'text that is no JSON',
    send: ['POST', maps, 'hello'],
    code: 400,
    message:
      "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (68656c6c6f)",
  },
  {
    it: 'JSON that breaks off',
    send: ['POST', maps, '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"b"'],
    code: 400,
    message:
      'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: unexpected end of JSON input ({"kind":"ConfigMap","apiVersio ...)',
  },
  {
    it: 'no body',
    send: ['POST', maps],
    code: 400,
    message:
      "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
  },
  {
    it: 'a list where an object should be',
    send: ['POST', maps, '[]'],
    code: 400,
    message:
      'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)',
  },
  {
    it: 'unknown fields, strictly',
    send: ['POST', `${services}?fieldValidation=Strict`, service('{"foo":1,"ports":[{"port":80,"bar":1}]}')],
    code: 400,
    message:
      'Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.foo", unknown field "spec.ports[0].bar"',
  },
  {
    it: 'an unknown word for fieldValidation',
    send: ['POST', `${maps}?fieldValidation=Bogus`, map('"data":{}')],
    code: 422,
    message:
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Bogus": supported values: "", "Ignore", "Strict", "Warn"',
  },
  {
    it: 'an unknown word for dryRun',
    send: ['POST', `${maps}?dryRun=Some`, map('"data":{}')],
    code: 422,
    message:
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
  },
  ...wrongTypes(),
  {
    it: 'text that is no time',
    send: ['POST', services, '{"metadata":{"name":"e","creationTimestamp":"yesterday"}}'],
    code: 400,
    message:
      'Service in version "v1" cannot be handled as a Service: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
  },
  {
    it: 'text that is no base64',
    send: ['POST', '/api/v1/namespaces/default/secrets', '{"metadata":{"name":"e"},"data":{"a":"!!"}}'],
    code: 400,
    message: 'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
  },
  {
    it: 'another name than the URL’s',
    send: ['PUT', `${maps}/a`, '{"metadata":{"name":"b"}}'],
    code: 400,
    message: 'the name of the object (b) does not match the name on the URL (a)',
  },
  {
    it: 'an old resourceVersion',
    send: ['PUT', `${maps}/a`, '{"metadata":{"name":"a","resourceVersion":"1"}}'],
    code: 409,
    message:
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  },
  {
    it: 'a resourceVersion that is no number',
    send: ['PUT', `${maps}/a`, '{"metadata":{"name":"a","resourceVersion":"x"}}'],
    code: 500,
    message: 'strconv.ParseUint: parsing "x": invalid syntax',
  },
  {
    it: 'a resourceVersion on a new object',
    send: ['POST', maps, '{"metadata":{"name":"b","resourceVersion":"5"}}'],
    code: 500,
    message: 'resourceVersion should not be set on objects to be created',
  },
  {
    it: 'a name that is taken',
    send: ['POST', maps, '{"metadata":{"name":"a"}}'],
    code: 409,
    message: 'configmaps "a" already exists',
  },
  {
    it: 'a PUT without a name',
    send: ['PUT', `${maps}/a`, '{}'],
    code: 400,
    message: 'the name of the object (a based on URL) was undeterminable: name must be provided',
  },
  {
    it: 'a media type that nobody reads',
    send: ['POST', maps, 'x', 'text/plain'],
    code: 415,
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  },
  {
    it: 'bytes that are no protobuf',
    send: ['POST', maps, 'x', 'application/vnd.kubernetes.protobuf'],
    code: 400,
    message:
      'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (78)',
  },
  {
    it: 'a patch without a type',
    send: ['PATCH', `${maps}/a`, '{}'],
    code: 415,
    message: '415: Unsupported Media Type',
  },
  {
    it: 'a merge patch that breaks off',
    send: ['PATCH', `${maps}/a`, '{"a":', asMerge],
    code: 400,
    message: 'error decoding patch: unexpected end of JSON input',
  },
  {
    it: 'a JSON patch whose test fails',
    send: ['PATCH', `${maps}/a`, '[{"op":"test","path":"/data/x","value":"no"}]', asJsonPatch],
    code: 422,
    message: 'the server rejected our request due to an error in our request',
  },
  {
    it: 'a JSON patch that is no list',
    send: ['PATCH', `${maps}/a`, '{"a":1}', asJsonPatch],
    code: 400,
    message:
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  },
  {
    it: 'a strategic patch with an unknown field, strictly',
    send: ['PATCH', `${maps}/a?fieldValidation=Strict`, '{"foo":{"x":1}}', asStrategic],
    code: 422,
    message:
      ' "" is invalid: patch: Invalid value: "map[foo:map[x:1]]": strict decoding error: unknown field "foo"',
  },
  {
    it: 'a wrong precondition for a deletion',
    send: ['DELETE', `${maps}/a`, '{"preconditions":{"resourceVersion":"1"}}'],
    code: 409,
    message:
      'Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (RV). The object might have been modified',
  },
  {
    it: 'an unknown propagation policy',
    send: ['DELETE', `${maps}/a`, '{"propagationPolicy":"Bogus"}'],
    code: 422,
    message:
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Bogus": supported values: "Foreground", "Background", "Orphan", "nil"',
  },
  {
    it: 'delete options of a wrong type',
    send: ['DELETE', `${maps}/a`, '{"gracePeriodSeconds":"x"}'],
    code: 400,
    message:
      'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
  },
  {
    it: 'a deletion of a namespace that must stay',
    send: ['DELETE', '/api/v1/namespaces/default'],
    code: 403,
    message: 'namespaces "default" is forbidden: this namespace may not be deleted',
  },
  {
    it: 'a verb that there is not',
    send: ['DELETE', '/api/v1/namespaces'],
    code: 405,
    message: 'the server does not allow this method on the requested resource',
  },
  {
    it: 'a broken label selector',
    send: ['GET', `${maps}?labelSelector=a+in+b`],
    code: 400,
    message: "unable to parse requirement: found 'b' expected: '('",
  },
  {
    it: 'an unknown field selector',
    send: ['GET', `${maps}?fieldSelector=data.x%3Db`],
    code: 400,
    message: '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  },
  {
    it: 'a field selector without a value',
    send: ['GET', `${maps}?fieldSelector=foo`],
    code: 400,
    message: "invalid selector: 'foo'; can't understand 'foo'",
  },
  {
    it: 'a limit that is no number',
    send: ['GET', `${maps}?limit=x`],
    code: 400,
    message: 'strconv.ParseInt: parsing "x": invalid syntax',
  },
  {
    it: 'resourceVersionMatch alone',
    send: ['GET', `${maps}?resourceVersionMatch=Exact`],
    code: 422,
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  },
  {
    it: 'initial events without their match',
    send: ['GET', `${maps}?watch=1&sendInitialEvents=true`],
    code: 422,
    message:
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  },
  {
    it: 'a watch from something that is no version',
    send: ['GET', `${maps}?watch=1&resourceVersion=abc`],
    code: 500,
    message: 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
  },
];

function wrongTypes(): Case[] {
  const rows: readonly [spec: string, why: string][] = [
    ['{"ports":[{"port":"x"}]}', 'string into Go struct field ServicePort.spec.ports.port of type int32'],
    ['{"ports":[{"port":1.5}]}', 'number 1.5 into Go struct field ServicePort.spec.ports.port of type int32'],
    ['{"ports":{}}', 'object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort'],
    ['[]', 'array into Go struct field Service.spec of type v1.ServiceSpec'],
    ['{"selector":{"a":1}}', 'number into Go struct field ServiceSpec.spec.selector of type string'],
    ['{"selector":["a"]}', 'array into Go struct field ServiceSpec.spec.selector of type map[string]string'],
    ['{"type":5}', 'number into Go struct field ServiceSpec.spec.type of type v1.ServiceType'],
    [
      '{"publishNotReadyAddresses":"yes"}',
      'string into Go struct field ServiceSpec.spec.publishNotReadyAddresses of type bool',
    ],
    [
      '{"ports":[{"port":80,"targetPort":true}]}',
      'bool into Go struct field ServicePort.spec.ports.targetPort of type int32',
    ],
  ];
  return rows.map(([spec, why]) => ({
    it: `a wrong type: ${why}`,
    send: ['POST', services, service(spec)],
    code: 400,
    message: `Service in version "v1" cannot be handled as a Service: json: cannot unmarshal ${why}`,
  }));
}

describe('the texts of refusals', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await ask(api.client.credentials, 'POST', maps, { body: '{"metadata":{"name":"a"},"data":{"x":"y"}}' });
  });
  after(() => api.close());

  for (const { it: title, send, code, message } of cases) {
    it(`are Kubernetes' for ${title}`, async () => {
      const [method, path, body, type] = send;
      const reply = await ask(api.client.credentials, method, path, {
        ...(body !== undefined && { body }),
        ...(type !== undefined && { type }),
      });
      expect(reply.json).to.include({ kind: 'Status', status: 'Failure', code });
      expect(reply.json.message.replace(/record \(\d+\)/, 'record (RV)')).to.equal(message);
      expect(reply.code).to.equal(code);
    });
  }

  it('tell of unknown fields by a header when the object is taken all the same', async () => {
    const body = '{"metadata":{"name":"warned","bad":1},"foo":1}';
    const reply = await ask(api.client.credentials, 'POST', maps, { body });
    expect(reply.code).to.equal(201);
    expect(reply.headers['warning']).to.equal(
      String.raw`299 - "unknown field \"metadata.bad\"", 299 - "unknown field \"foo\""`,
    );
    expect(reply.json).to.not.have.property('foo');
  });
});
