import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type GeneralNameType,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { familyOf } from '../../lib/ip.ts';

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Identity {
  /** CN: the user, or the name of a server. */
  readonly commonName: string;
  /** O: the groups. */
  readonly groups?: readonly string[];
  /** DNS names and addresses of a server; without them the certificate is a client's. */
  readonly names?: readonly string[];
}

/** Makes the cluster's certificate authority, as kubeadm does: CN `kubernetes`, ten years; ECDSA P-256. */
export async function createAuthority(now: Date = new Date()): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=kubernetes',
    ...validity(now, 3650),
    keys,
    signingAlgorithm: signing,
    serialNumber: serial(),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(
        KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature | KeyUsageFlags.cRLSign,
        true,
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(cert), key: await keyPem(keys.privateKey) };
}

/** Issues a certificate of one year for a server (with names) or a client. */
export async function issue(
  authority: KeyPair,
  identity: Identity,
  now: Date = new Date(),
): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const { names, groups = [] } = identity;
  const purpose = names ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  const cert = await X509CertificateGenerator.create({
    subject: [...(groups.length > 0 ? [{ O: [...groups] }] : []), { CN: [identity.commonName] }],
    issuer: new X509Certificate(authority.cert).subjectName,
    ...validity(now, 365),
    publicKey: keys.publicKey,
    ...(await signingKey(authority.key)),
    serialNumber: serial(),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([purpose]),
      ...(names ? [new SubjectAlternativeNameExtension(names.map(generalName))] : []),
    ],
  });
  return { cert: pem(cert), key: await keyPem(keys.privateKey) };
}

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

/** Begins a day early: a laptop's clock jumps when it wakes up. */
function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - dayMs), notAfter: new Date(now.getTime() + days * dayMs) };
}

/** Positive (first bit clear) and never zero, RFC 5280 section 4.1.2.2. */
function serial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(8));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function generalName(value: string): { type: GeneralNameType; value: string } {
  return { type: familyOf(value) ? 'ip' : 'dns', value };
}

function pem(cert: X509Certificate): string {
  return `${cert.toString('pem')}\n`;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** The key of an authority: ours are of elliptic curves, kubeadm's RSA in a format (PKCS #1) that only node:crypto reads. */
async function signingKey(text: string) {
  const key = createPrivateKey(text);
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const algorithm = key.asymmetricKeyType === 'rsa' ? rsa : curve;
  return {
    signingKey: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
    signingAlgorithm: key.asymmetricKeyType === 'rsa' ? rsa : signing,
  };
}

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
