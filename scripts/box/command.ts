import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Bundle, manifestName, readBundle } from '../../lib/bundle/bundle.ts';
import { requireVerified } from '../../lib/bundle/verified.ts';
import { boxFile, bundleFolder } from '../../lib/paths.ts';
import type { Command, Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { addBox, boxName } from './add.ts';
import { buildBox } from './build.ts';
import { packages } from './packages.ts';
import { type BoxOptions, debianMirror, requireTools, vagrantKey } from './requirements.ts';

/** `workshop box build` */
export const box: Command = {
  usage: ['build [--bundle DIR] [--out FILE] [--no-add] [--dry-run]'],
  description:
    'Builds a Debian box for Vagrant with libvirt that has everything of Debian which the nodes need, so that they install\n' +
    "nothing while they are set up, and the bundle's container images (see: workshop bundle), so that they unpack none.\n" +
    "Packages come from this machine's own Debian mirror. Needs root.",
  examples: [
    { command: 'workshop box build', does: 'build the box and tell Vagrant about it' },
    { command: 'workshop box build --out lab.box --no-add', does: 'only the file, for another machine' },
  ],
  flags: {
    out: { type: 'string', value: 'FILE', summary: 'where the box goes' },
    suite: { type: 'string', value: 'NAME', default: 'trixie', summary: 'the release of Debian' },
    mirror: { type: 'string', value: 'URL', summary: "a Debian mirror (default: this machine's)" },
    'public-key': {
      type: 'string',
      value: 'FILE',
      summary: "who may log in first (default: Vagrant's own key)",
    },
    bundle: { type: 'string', value: 'DIR', summary: "whose images go into it (default: your bundle's)" },
    'no-images': { type: 'boolean', summary: 'without images: machines import them for themselves' },
    'disk-size': { type: 'string', value: 'GB', default: '10', summary: 'size of the disk' },
    'no-add': { type: 'boolean', summary: 'do not tell Vagrant about it' },
    'dry-run': { type: 'boolean', summary: 'only say what would be done' },
  },
  async run(context) {
    const { args, flags, out, json, quiet, progress, signal } = context;
    if (args.length !== 1 || args[0] !== 'build') {
      throw usageError('box knows only "build"', 'workshop box --help');
    }
    const file = typeof flags['out'] === 'string' ? resolve(flags['out']) : boxFile(context.env);
    const options = await optionsOf(context, file);
    if (flags['dry-run'] === true) {
      for (const line of plan(options, flags['no-add'] === true)) out.line(line);
      return 0;
    }
    await requireTools();
    const { bundle } = options;
    if (bundle) await progress.step('bundle', () => requireVerified(bundle, context.env, signal));
    await buildBox(options, progress, signal);
    if (flags['no-add'] !== true) await progress.step('vagrant box add', () => addBox(file, signal));
    if (json) out.json({ file, name: flags['no-add'] === true ? null : boxName });
    else if (!quiet) out.line(`The box ${file} is ready.`);
    return 0;
  },
};

async function optionsOf({ flags, env, signal }: Context, file: string): Promise<BoxOptions> {
  const given = (name: string) => (typeof flags[name] === 'string' ? (flags[name] as string) : undefined);
  const suite = given('suite') ?? '';
  if (!/^[a-z]+$/.test(suite)) throw usageError(`--suite "${suite}" is not the name of a Debian release`);
  const diskGb = Number(given('disk-size'));
  if (!Number.isInteger(diskGb) || diskGb < 4 || diskGb > 1000) {
    throw usageError(`--disk-size "${given('disk-size')}" is not a number of GB between 4 and 1000`);
  }
  return {
    file,
    bundle: bundleFor(flags, env),
    suite,
    diskGb,
    mirror: given('mirror') ?? (await debianMirror(signal)),
    publicKey: vagrantKey(given('public-key')),
    env,
  };
}

/** The one that is named, or the usual one where there is any. */
function bundleFor(flags: Context['flags'], env: Context['env']): Bundle | undefined {
  const named = flags['bundle'];
  if (flags['no-images'] === true) {
    if (named !== undefined) throw usageError('--bundle and --no-images contradict each other');
    return undefined;
  }
  if (typeof named === 'string') return readBundle(resolve(named));
  const usual = bundleFolder(env);
  return existsSync(join(usual, manifestName)) ? readBundle(usual) : undefined;
}

function plan({ file, suite, mirror, diskGb, publicKey, bundle }: BoxOptions, alone: boolean): string[] {
  return [
    `install Debian ${suite} from ${mirror} into a folder`,
    `install ${packages.join(' ')}`,
    ...(bundle ? [`import the images of ${bundle.folder}`] : []),
    `let the user vagrant in with ${publicKey}`,
    `make a disk of ${diskGb} GB, one ext4 file system`,
    `pack it into ${file}`,
    ...(alone ? [] : [`tell Vagrant about it as ${boxName}`]),
  ];
}
