import { type Case, maps } from './refused-creations.ts';

const asMerge = 'application/merge-patch+json';
const asStrategic = 'application/strategic-merge-patch+json';
const asJsonPatch = 'application/json-patch+json';

/** Changes, deletions, lists and watches. Texts as kube-apiserver v1.35.4 answered the same requests. */
export const changes: readonly Case[] = [
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
