import { existsSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { diskName, readBundle } from '../../../lib/bundle/bundle.ts';
import { messageOf } from '../../../lib/errors.ts';
import { boxFile, type Environment } from '../../../lib/paths.ts';
import type { Settings } from '../../../lib/settings/settings.ts';
import { bad, type Finding, good, remark } from '../check.ts';

/** Go's names of processors, by Node's. */
const processors: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** The bundle is there, has its disk and is for this processor; whether it is whole is seen by `up` and `bundle verify`. */
export function checkBundle(folder: string, processor: string = arch()): Finding[] {
  try {
    const { manifest } = readBundle(folder);
    const own = processors[processor] ?? processor;
    if (manifest.arch !== own) {
      return [
        bad(
          'bundle',
          `the bundle in ${folder} is for ${manifest.arch}, and this processor is ${own}`,
          'workshop bundle',
        ),
      ];
    }
    if (!existsSync(join(folder, diskName))) {
      return [bad('bundle', `the bundle in ${folder} has no ${diskName}`, 'workshop bundle')];
    }
    return [good('bundle', `Kubernetes ${manifest.kubernetes} for ${manifest.arch} in ${folder}`)];
  } catch (error) {
    return [bad('bundle', messageOf(error), 'workshop bundle')];
  }
}

/** The box is there already, or has to be downloaded; ours is for the processor it was built on. */
export function checkBox({ vagrant }: Settings, env: Environment): Finding[] {
  const own = boxFile(env);
  const boxes = join(env['VAGRANT_HOME'] ?? join(env['HOME'] ?? '/root', '.vagrant.d'), 'boxes');
  const name = vagrant.box === 'auto' ? 'workshop-lab' : vagrant.box;
  const folder = join(boxes, name.replaceAll('/', '-VAGRANTSLASH-'));
  if (existsSync(folder)) return [good('box', `the box ${name} is there`)];
  if (name === 'workshop-lab' && existsSync(own)) return [good('box', `the box in ${own}`)];
  const what = vagrant.box === 'auto' ? 'a public box' : `the box ${name}`;
  const processor = arch() === 'arm64' ? ', which must exist for arm64' : '';
  return [
    remark(
      'box',
      `${what} will be downloaded${processor}`,
      'workshop box build makes one that needs no network',
    ),
  ];
}
