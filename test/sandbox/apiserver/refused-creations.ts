/** The collection of ConfigMaps in `default`, where `a` must be. */
export const maps = '/api/v1/namespaces/default/configmaps';
const services = '/api/v1/namespaces/default/services';

/** A request, and how it is refused. */
export interface Case {
  readonly it: string;
  readonly send: readonly [method: string, path: string, body?: string, type?: string];
  readonly code: number;
  readonly message: string;
}

const map = (fields: string) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"e"},${fields}}`;
const service = (spec: string) =>
  `{"apiVersion":"v1","kind":"Service","metadata":{"name":"e"},"spec":${spec}}`;

/** New objects. Texts as kube-apiserver v1.35.4 answered the same requests. */
export const creations: readonly Case[] = [
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
