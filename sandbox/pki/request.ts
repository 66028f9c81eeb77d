import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { PemConverter, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import type { Identity } from './authority.ts';

/** A request for a client's certificate (PKCS #10), and the key that it is for; both in PEM. ECDSA P-256. */
export async function createRequest({
  commonName,
  groups = [],
}: Identity): Promise<{ request: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [...(groups.length > 0 ? [{ O: [...groups] }] : []), { CN: [commonName] }],
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { request: `${request.toString('pem')}\n`, key: `${key}\n` };
}

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;
