import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WorkshopError } from '../../lib/errors.ts';
import { ExecError, run } from '../../lib/exec.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { type BundleProgram, type Part, versions } from './programs.ts';

/**
 * Builds one program from its Go modules into `folder`. Their versions and sums are those of modules/PART/go.mod and go.sum:
 * the Go command refuses anything else (-mod=readonly). Throws WorkshopError `environment`.
 */
export async function buildProgram(
  program: BundleProgram,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const file = join(folder, program.path);
  await mkdir(dirname(file), { recursive: true });
  const args = ['build', '-trimpath', '-ldflags', linkerFlags(program.part), '-o', `${file}.part`];
  try {
    await run(goCommand(), [...args, program.package], {
      cwd: join(modulesFolder(), program.part),
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw failure(program, error);
  }
  await rename(`${file}.part`, file);
}

/** Changes whenever one of the versions or sums does. */
export function sourcePins(): string {
  const hash = createHash('sha256');
  for (const part of Object.keys(versions)) {
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(modulesFolder(), part, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

function modulesFolder(): string {
  return join(repositoryRoot(), 'scripts', 'bundle', 'modules');
}

/** Go's own place, when an administrator has not put it into the PATH. */
const usualGo = '/usr/local/go/bin/go';

function goCommand(): string {
  const inPath = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'go')));
  return inPath || !existsSync(usualGo) ? 'go' : usualGo;
}

/** Kubernetes learns its version from the linker (hack/lib/version.sh upstream). */
function linkerFlags(part: Part): string {
  if (part !== 'kubernetes') return '-s -w';
  const [major = '', minor = ''] = versions.kubernetes.slice(1).split('.');
  const values = {
    gitVersion: versions.kubernetes,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
  };
  const at = 'k8s.io/component-base/version';
  return ['-s -w', ...Object.entries(values).map(([name, value]) => `-X ${at}.${name}=${value}`)].join(' ');
}

function failure(program: BundleProgram, error: unknown): WorkshopError {
  const name = basename(program.path);
  if (!(error instanceof ExecError)) {
    return new WorkshopError('environment', `could not build ${name}`, { cause: error });
  }
  const why =
    error.kind === 'missing' ? 'there is no Go here' : error.stderr.trim().split('\n').slice(-3).join(' ');
  return new WorkshopError('environment', `could not build ${name}: ${why}`, {
    advice:
      error.kind === 'missing' ? 'install Go 1.25 or newer, or --from download' : 'the same command again',
    cause: error,
  });
}
