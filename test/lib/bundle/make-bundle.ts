import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Bundle } from '../../../lib/bundle/bundle.ts';
import { modeText, sha256Of } from '../../../lib/bundle/verify.ts';

/** Makes a bundle of these files, by path, all of them programs. Resolves with its folder, which is the caller's to remove. */
export async function makeBundle(content: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  const files: Bundle['manifest']['files'][number][] = [];
  for (const [path, text] of Object.entries(content)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o755 });
    const { size, mode } = statSync(file);
    files.push({ path, sha256: await sha256Of(file), size, mode: modeText(mode) });
  }
  const manifest: Bundle['manifest'] = {
    format: 1,
    kubernetes: 'v1.35.4',
    created: 'source',
    pins: 'a',
    arch: 'amd64',
    versions: { etcd: 'v3.6.6', coredns: 'v1.13.1', cni: 'v1.9.1' },
    images: {},
    files,
  };
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(manifest));
  return folder;
}
