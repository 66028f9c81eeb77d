import { X509Certificate } from 'node:crypto';
import { messageOf, WorkshopError } from '../../../lib/errors.ts';
import type { Client } from '../../../lib/kube/client.ts';
import type { Resource } from '../../../lib/kube/resources.ts';
import type { KubeObject } from '../../../lib/kube/types.ts';
import { waitFor } from '../../../lib/wait.ts';
import { issue, type KeyPair } from '../../../sandbox/pki/authority.ts';
import { createRequest } from '../../../sandbox/pki/request.ts';
import type { TargetCluster } from './target.ts';

export interface Issued extends KeyPair {
  /** RFC 3339 */
  readonly expires: string;
}

/** Whose certificate it is to be. */
export interface Subject {
  readonly user: string;
  /** The program that works as this user, for the request's name and label: `workshop-proxy`. */
  readonly program: string;
  readonly node: string;
}

/**
 * A client certificate of a user and its key: from the authority when one is given, else by the cluster's own signer
 * (kubernetes.io/kube-apiserver-client), approved with the administrator's rights. Throws WorkshopError `environment` when the
 * cluster does not sign.
 */
export async function clientCertificate(
  cluster: Pick<TargetCluster, 'client' | 'authority'>,
  subject: Subject,
  signal?: AbortSignal,
): Promise<Issued> {
  const pair = cluster.authority
    ? await issue(cluster.authority, { commonName: subject.user })
    : await signed(cluster.client, subject, signal);
  return { ...pair, expires: new Date(new X509Certificate(pair.cert).validTo).toISOString() };
}

/** The request is deleted whatever comes of it. */
async function signed(
  client: Client,
  { user, program, node }: Subject,
  signal?: AbortSignal,
): Promise<KeyPair> {
  const { request, key } = await createRequest({ commonName: user });
  const name = `${program}-${node}-${Date.now().toString(36)}`;
  try {
    await client.create(requests, {
      metadata: { name, labels: { 'app.kubernetes.io/name': program } },
      spec: {
        request: Buffer.from(request).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth', 'digital signature'],
      },
    } as Csr);
    await approve(client, name);
    const cert = await waitFor(async () => await certificateOf(client, name), {
      what: `the cluster to sign ${name}`,
      timeoutMs: 180_000,
      intervalMs: 200,
      signal,
    });
    return { cert, key };
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new WorkshopError(
      'environment',
      `could not get a client certificate for ${user}: ${messageOf(cause)}`,
      {
        advice: '--ca-cert FILE and --ca-key FILE, where the cluster signs none itself',
        cause,
      },
    );
  } finally {
    await client.delete(requests, { name }).catch(() => {});
  }
}

async function approve(client: Client, name: string): Promise<void> {
  const object = await client.get<Csr>(requests, { name });
  const condition = {
    type: 'Approved',
    status: 'True',
    reason: 'WorkshopProxyInstall',
    message: 'by its administrator',
  };
  await client.replace<Csr>(
    requests,
    { ...object, status: { conditions: [condition] } },
    { subresource: 'approval' },
  );
}

async function certificateOf(client: Client, name: string): Promise<string | undefined> {
  const { status } = await client.get<Csr>(requests, { name });
  return status?.certificate ? Buffer.from(status.certificate, 'base64').toString() : undefined;
}

const requests: Resource = {
  group: 'certificates.k8s.io',
  version: 'v1',
  plural: 'certificatesigningrequests',
  kind: 'CertificateSigningRequest',
  namespaced: false,
};

interface Csr extends KubeObject {
  spec?: { request: string; signerName: string; usages: string[] };
  status?: {
    certificate?: string;
    conditions?: { type: string; status: string; reason: string; message: string }[];
  };
}
