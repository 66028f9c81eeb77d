import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomically } from '../../lib/atomic-file.ts';

/**
 * Makes the keys that sign tokens of service accounts, where kubeadm has them too: `sa.key` and `sa.pub` in `folder`. Keys that
 * are there stay: tokens in pods were signed with them.
 */
export function ensureSigningKey(folder: string): void {
  const file = `${folder}/sa.key`;
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileAtomically(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  const pub = createPublicKey(createPrivateKey(readFileSync(file)));
  writeFileAtomically(`${folder}/sa.pub`, pub.export({ type: 'spki', format: 'pem' }).toString(), 0o644);
}
