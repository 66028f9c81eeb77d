import type { Call, Outcome } from '../api.ts';
import { decodeBody } from '../decode/request.ts';
import { wireTime } from '../verbs/context.ts';
import { getObject } from '../verbs/read.ts';

const tokenType = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  model: 'AuthenticationV1TokenRequest',
};

/** As kube-apiserver: an hour unless said otherwise, at least ten minutes. */
const defaultSeconds = 3600;
const leastSeconds = 600;

/** POST of `serviceaccounts/x/token`: a token with which one is that service account. */
export async function issueToken(call: Call): Promise<Outcome> {
  const { api, info } = call;
  const account = getObject(call);
  const { object } = decodeBody(api.schema, tokenType, await call.body(), {
    contentType: call.request.headers['content-type'],
    fieldValidation: 'Ignore',
    isKind: api.registry.knows,
  });
  const spec = (object['spec'] ?? {}) as { expirationSeconds?: number; audiences?: string[] };
  const seconds = Math.max(leastSeconds, spec.expirationSeconds ?? defaultSeconds);
  const { token, expires } = api.serviceAccounts.issue(info.namespace, account.metadata.name, seconds);
  const metadata = {
    name: info.name,
    namespace: info.namespace,
    creationTimestamp: wireTime(api.now()),
  };
  const status = { token, expirationTimestamp: wireTime(expires.getTime()) };
  return { code: 201, body: { ...object, metadata, spec: { ...spec, expirationSeconds: seconds }, status } };
}
