import { resolve } from 'node:path';
import { type BundleManifest, type BundleOrigin, readBundle } from '../../lib/bundle/bundle.ts';
import { verifyBundle } from '../../lib/bundle/verify.ts';
import { bundleFolder } from '../../lib/paths.ts';
import type { Command, Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { defaultLockFile } from './lock-file.ts';
import { makeBundle } from './make.ts';
import { architecture, programs, versions } from './programs.ts';
import { releaseOf } from './releases.ts';
import { imagesUsed } from './used-images.ts';

/** `workshop bundle` and `workshop bundle verify` */
export const bundle: Command = {
  usage: ['[--from source|download] [--out DIR] [--dry-run]', 'verify [DIR]'],
  description:
    'Makes one folder with all that nodes with real Kubernetes need, so that nothing is downloaded while they are set up:\n' +
    'programs, container images, CNI plugins, checksums. `verify` names every file that is not as it was made.\n' +
    'Interrupted, the same command goes on where it was.',
  examples: [
    { command: 'workshop bundle --from source', does: 'build the programs from pinned Go modules' },
    { command: 'workshop bundle --from download', does: "take the publishers' release files" },
    { command: 'workshop bundle verify', does: 'look for files that are damaged' },
    { command: 'workshop up --control-plane kubernetes', does: 'use it without virtual machines' },
  ],
  flags: {
    from: { type: 'string', value: 'WHERE', summary: 'source or download (default: download)' },
    out: { type: 'string', value: 'DIR', summary: 'the folder of the bundle' },
    mirror: {
      type: 'string',
      value: 'URL',
      summary: "download below URL/HOST/… instead of the publishers' sites",
    },
    lock: { type: 'string', value: 'FILE', summary: 'another lock file of downloads' },
    'dry-run': { type: 'boolean', summary: 'only say what would be done' },
  },
  async run(context) {
    const [verb, folder, ...more] = context.args;
    if (verb === 'verify' && more.length === 0) return verify(context, folder);
    if (verb !== undefined) {
      throw usageError(
        `bundle knows only "verify", not "${context.args.join(' ')}"`,
        'workshop bundle --help',
      );
    }
    return make(context);
  },
};

async function make(context: Context): Promise<number> {
  const { flags, out, json, quiet, progress, signal } = context;
  const from = originOf(flags['from'] ?? 'download');
  const folder = folderOf(context);
  if (flags['dry-run'] === true) {
    for (const line of plan(from, folder)) out.line(line);
    return 0;
  }
  const manifest = await makeBundle({
    from,
    out: folder,
    lockFile: typeof flags['lock'] === 'string' ? resolve(flags['lock']) : defaultLockFile(),
    mirror: typeof flags['mirror'] === 'string' ? flags['mirror'] : undefined,
    progress,
    signal,
  });
  if (json) out.json({ folder, ...manifest });
  else if (!quiet) {
    out.line(`The bundle ${folder} is ready: Kubernetes ${manifest.kubernetes}, ${megabytes(manifest)} MB.`);
    out.line('  workshop up --control-plane kubernetes');
  }
  return 0;
}

async function verify(context: Context, argument: string | undefined): Promise<number> {
  const { out, json, quiet, signal } = context;
  const found = readBundle(argument === undefined ? folderOf(context) : resolve(argument));
  const faults = await verifyBundle(found, signal);
  if (json) out.json({ folder: found.folder, whole: faults.length === 0, faults });
  else if (faults.length > 0) {
    for (const { path, detail } of faults) out.line(`${path} ${detail}`);
    context.progress.warn(`${found.folder} is damaged. Try: workshop bundle`);
  } else if (!quiet) {
    const { files, kubernetes } = found.manifest;
    out.line(`${found.folder} is whole: ${files.length} files, Kubernetes ${kubernetes}.`);
  }
  return faults.length === 0 ? 0 : 1;
}

function plan(from: BundleOrigin, folder: string): string[] {
  const how =
    from === 'source'
      ? programs.map((program) => `build ${program.path} from ${program.package} ${versions[program.part]}`)
      : programs.map((program) => `download ${program.path} from ${releaseOf(program, architecture()).url}`);
  return [
    ...how,
    'pack the control plane into images/control-plane.tar',
    ...imagesUsed().map((name) => `pack ${name} into images/node.tar`),
    'make bundle.img and bundle.json',
    `put all of it into ${folder}`,
  ];
}

function originOf(value: unknown): BundleOrigin {
  if (value === 'source' || value === 'download') return value;
  throw usageError(`--from "${String(value)}" is neither source nor download`, 'workshop bundle --help');
}

function folderOf({ flags, env }: Context): string {
  return typeof flags['out'] === 'string' ? resolve(flags['out']) : bundleFolder(env);
}

function megabytes({ files }: BundleManifest): number {
  return Math.round(files.reduce((sum, { size }) => sum + size, 0) / 1e6);
}
