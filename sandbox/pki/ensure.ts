import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { familyOf } from '../../lib/ip.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import type { Identity, KeyPair } from './authority.ts';
import { formatKubeconfig, readKubeconfig } from './kubeconfig.ts';
import { plan, serversOf, type Wanted } from './plan.ts';

/**
 * Makes every certificate and kubeconfig of a cluster that is missing, damaged, about to expire, from another authority, or
 * for other names and addresses than the settings'. Returns the names of the files it wrote.
 */
export async function ensurePki(paths: ClusterPaths, settings: Settings, apiPort: number): Promise<string[]> {
  for (const folder of [paths.pki, paths.kubeconfigs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  let authority = readPair(join(paths.pki, 'ca'));
  if (!authority || !isFresh(authority.cert)) {
    const { createAuthority } = await import('./authority.ts');
    authority = await createAuthority();
    writePair(join(paths.pki, 'ca'), authority);
    written.push('pki/ca');
  }
  const ca = authority;
  await Promise.all(
    plan(settings, serversOf(settings, apiPort)).map(async (wanted) => {
      if (await ensureOne(paths, wanted, ca)) written.push(wanted.file);
    }),
  );
  return written.sort();
}

async function ensureOne(paths: ClusterPaths, wanted: Wanted, ca: KeyPair): Promise<boolean> {
  const file = join(paths.root, wanted.file);
  return wanted.kind === 'pair' ? ensurePair(file, wanted, ca) : ensureConfig(file, wanted, ca, paths.name);
}

async function ensurePair(file: string, { identity }: Wanted, ca: KeyPair): Promise<boolean> {
  const old = readPair(file);
  if (old && fits(old, identity, ca)) return false;
  writePair(file, await make(ca, identity));
  return true;
}

async function ensureConfig(
  file: string,
  { identity, server }: Wanted & { kind: 'kubeconfig' },
  ca: KeyPair,
  cluster: string,
): Promise<boolean> {
  const old = readConfig(file);
  const good = old && fits(old, identity, ca) ? old : undefined;
  if (good?.server === server && good.ca === ca.cert) return false;
  const pair = good ?? (await make(ca, identity));
  writeFileAtomically(
    file,
    formatKubeconfig({ ...pair, cluster, user: identity.commonName, server, ca: ca.cert }),
  );
  return true;
}

/** The library is large: it is loaded only when something has to be issued. */
async function make(ca: KeyPair, identity: Identity): Promise<KeyPair> {
  const { issue } = await import('./authority.ts');
  return issue(ca, identity);
}

function fits(pair: KeyPair, identity: Identity, ca: KeyPair): boolean {
  try {
    const cert = new X509Certificate(pair.cert);
    const names = identity.names ?? [];
    return (
      isFresh(pair.cert) &&
      cert.verify(new X509Certificate(ca.cert).publicKey) &&
      cert.subject.split('\n').includes(`CN=${identity.commonName}`) &&
      (identity.groups ?? []).every((group) => cert.subject.split('\n').includes(`O=${group}`)) &&
      names.every((name) => (familyOf(name) ? cert.checkIP(name) : cert.checkHost(name)) !== undefined)
    );
  } catch {
    return false;
  }
}

const renewBeforeMs = 30 * 86_400_000;

function isFresh(cert: string, now: number = Date.now()): boolean {
  return Date.parse(new X509Certificate(cert).validTo) - now > renewBeforeMs;
}

function readPair(file: string): KeyPair | undefined {
  const [cert, key] = [read(`${file}.crt`), read(`${file}.key`)];
  return cert && key ? { cert, key } : undefined;
}

function readConfig(file: string): ReturnType<typeof readKubeconfig> {
  const text = read(file);
  try {
    return text ? readKubeconfig(text) : undefined;
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function writePair(file: string, { cert, key }: KeyPair): void {
  writeFileAtomically(`${file}.key`, key);
  writeFileAtomically(`${file}.crt`, cert, 0o644);
}
