import type { Api } from '../api.ts';
import { isAllowed } from '../auth/authorize.ts';
import type { User } from '../auth/user.ts';
import { decodeBody } from '../decode/request.ts';
import type { Answer } from '../http/respond.ts';
import { wireTime } from '../verbs/context.ts';

interface Attributes {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** `kubectl auth can-i`: whether the one who asks may do what he describes. */
export function accessReview(api: Api, user: User, body: Buffer, contentType: string | undefined): Answer {
  const expected = {
    group: 'authorization.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectAccessReview',
    model: 'V1SelfSubjectAccessReview',
  };
  const isKind = api.registry.knows;
  const { object } = decodeBody(api.schema, expected, body, {
    contentType,
    fieldValidation: 'Ignore',
    isKind,
  });
  const spec = (object['spec'] ?? {}) as { resourceAttributes?: Attributes };
  const {
    verb = '',
    group = '',
    resource: plural = '',
    subresource = '',
    namespace = '',
    name = '',
  } = spec.resourceAttributes ?? {};
  const allowed = isAllowed(user, { verb, group, plural, subresource, namespace, name });
  return { code: 201, body: { ...object, metadata: {}, status: { allowed } } };
}

/** `kubectl auth whoami`. */
export function selfReview(api: Api, user: User): Answer {
  const userInfo = { username: user.name, groups: user.groups };
  return {
    code: 201,
    body: {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { creationTimestamp: wireTime(api.now()) },
      status: { userInfo },
    },
  };
}
