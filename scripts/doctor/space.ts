import { statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import { type Environment, stateFolder } from '../../lib/paths.ts';
import { bad, type Finding, good, remark } from './check.ts';

const leastDiskMb = 200;
const leastMemoryMb = 800;

/** Room for the state on disk, and for the processes in memory. */
export function checkSpace(env: Environment): Finding[] {
  const folder = stateFolder(env);
  const disk = freeDiskMb(folder);
  const memory = Math.floor(freemem() / 1_048_576);
  return [
    disk >= leastDiskMb
      ? good('disk', `${disk} MB free for ${folder}`)
      : bad('disk', `only ${disk} MB free for ${folder}`, 'another folder in WORKSHOP_STATE_DIR'),
    memory >= leastMemoryMb
      ? good('memory', `${memory} MB available`)
      : remark('memory', `only ${memory} MB available, ${leastMemoryMb} MB are advisable`),
  ];
}

/** Free space where the folder is, or will be. */
function freeDiskMb(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.floor((bavail * bsize) / 1_048_576);
  } catch (error) {
    if (folder === dirname(folder)) throw error;
    return freeDiskMb(dirname(folder));
  }
}
