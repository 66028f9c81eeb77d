import { resources } from '../../../lib/kube/resources.ts';
import type { PodUnit } from './unit.ts';

/** What a projected volume says of a token. */
export interface TokenProjection {
  readonly audience?: string | undefined;
  readonly expirationSeconds?: number | undefined;
}

/**
 * A token of the pod's service account, bound to the pod, by the TokenRequest API as the kubelet asks for it. It is not renewed:
 * pods of a workshop live shorter, and kube-apiserver lets such tokens live for a year. Throws ApiError.
 */
export async function requestToken(unit: PodUnit, wanted: TokenProjection): Promise<string> {
  const { metadata, spec } = unit.pod;
  const { namespace, name, uid } = metadata ?? {};
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      audiences: wanted.audience === undefined ? [] : [wanted.audience],
      expirationSeconds: wanted.expirationSeconds ?? 3600,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  };
  const account = { namespace, name: spec?.serviceAccountName ?? 'default' };
  const { client } = unit.node;
  const answer = await client.post<{ status?: { token?: string } }>(
    resources.serviceAccounts,
    account,
    'token',
    request,
  );
  return answer.status?.token ?? '';
}
