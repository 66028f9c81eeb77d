import { createPublicKey, sign, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ensureSigningKey } from '../../../sandbox/pki/signing-key.ts';

describe('the keys for tokens of service accounts', () => {
  it('fit together, are for their owner alone, and stay', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signing-'));
    try {
      ensureSigningKey(folder);
      const key = readFileSync(join(folder, 'sa.key'), 'utf8');
      const signature = sign('sha256', Buffer.from('token'), key);
      const pub = createPublicKey(readFileSync(join(folder, 'sa.pub')));
      expect(verify('sha256', Buffer.from('token'), pub, signature)).to.equal(true);
      expect(statSync(join(folder, 'sa.key')).mode & 0o777).to.equal(0o600);
      rmSync(join(folder, 'sa.pub'));
      ensureSigningKey(folder);
      expect(readFileSync(join(folder, 'sa.key'), 'utf8')).to.equal(key);
      expect(readFileSync(join(folder, 'sa.pub'), 'utf8')).to.equal(
        pub.export({ type: 'spki', format: 'pem' }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
