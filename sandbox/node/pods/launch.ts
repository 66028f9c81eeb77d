import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Mount, PreparedImage } from '../images/store.ts';
import { StartFault, startContainer } from '../runtime/container.ts';
import { dropPrivileges, toolsFolder } from '../runtime/enter.ts';
import type { ContainerRun } from '../runtime/spawn.ts';
import { loadTerminals } from '../runtime/terminal.ts';
import { ConfigFault, containerEnvironment } from './container-env.ts';
import { expand } from './expand.ts';
import { hostnameOf } from './hosts-file.ts';
import type { Container } from './pod.ts';
import type { ContainerExit, ContainerRecord } from './record.ts';
import { type PodUnit, saveRecord } from './unit.ts';
import { volumeSource } from './volumes.ts';

/**
 * Starts one container of a prepared pod and notes it in the record; resolves when its program runs.
 * Throws ConfigFault when its spec cannot be met, StartFault when the program cannot be started.
 */
export async function launchContainer(
  unit: PodUnit,
  container: Container,
  image: PreparedImage,
): Promise<void> {
  const { record } = unit;
  const { holder } = record;
  if (!holder) throw new Error('the pod has no namespaces');
  const before = record.containers[container.name];
  const env = await environmentOf(unit, container, image);
  const argv = commandOf(container, image, env);
  if (argv.length === 0) throw new ConfigFault('no command specified');
  const made: ContainerRecord = {
    name: container.name,
    id: randomBytes(32).toString('hex'),
    image: container.image ?? '',
    imageId: image.id,
    restartCount: before ? before.restartCount + 1 : 0,
    startedAt: new Date().toISOString(),
    ...lastOf(before),
    tty: container.tty === true,
    env,
    workdir: container.workingDir || image.workdir,
    privileges: privilegesOf(unit, container),
  };
  const run = runOf(unit, container, made);
  writeFileSync(join(run.folder, 'layers'), image.layers.map((layer) => `${layer}\n`).join(''));
  writeFileSync(join(run.folder, 'mounts'), mountTable(unit, container, image));
  forgetOldLogs(unit, made);
  if (made.tty) await loadTerminals();
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const live = startContainer(run, {
    holder,
    hostNetwork: record.hostNetwork,
    init: [
      made.workdir,
      argv[0] ?? '',
      env['PATH'] ?? '',
      ...made.privileges,
      '/bin/busybox',
      'env',
      '-i',
      ...variables,
      ...argv,
    ],
    env: {
      BUSYBOX: unit.node.images.busybox,
      UNSHARE: unit.node.images.unshare,
      PRIVILEGED: container.securityContext?.privileged ? 'yes' : 'no',
    },
  });
  record.containers[container.name] = made;
  unit.live.set(container.name, live);
  saveRecord(unit);
  const process = await Promise.race([live.started, tooLate()]);
  if (process) made.process = process;
  made.startedAt = new Date().toISOString();
  saveRecord(unit);
}

const startWithinMs = 30_000;

async function tooLate(): Promise<never> {
  await delay(startWithinMs, undefined, { ref: false });
  throw new StartFault(`the container did not start within ${startWithinMs / 1000} s`);
}

/** How the runtime names a container's run, its folder and its log; the same for starting and for finding again. */
export function runOf(
  unit: PodUnit,
  container: Pick<Container, 'name' | 'stdin'>,
  record: ContainerRecord,
): ContainerRun {
  return {
    id: record.id,
    folder: unit.paths.container(container.name),
    logPath: unit.paths.log(container.name, record.restartCount),
    tty: record.tty,
    stdin: container.stdin === true,
  };
}

function lastOf(before: ContainerRecord | undefined): { last?: ContainerExit } {
  const last = before?.exit ?? before?.last;
  return last ? { last } : {};
}

async function environmentOf(
  unit: PodUnit,
  container: Container,
  image: PreparedImage,
): Promise<Record<string, string>> {
  const own = await containerEnvironment(unit.node, unit.pod, container, unit.record.address ?? '');
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: unit.record.hostNetwork ? unit.node.nodeName : hostnameOf(unit.pod),
    ...(container.tty && { TERM: 'xterm' }),
    ...image.env,
    HOME: '/root',
    ...own,
  };
}

function commandOf(container: Container, image: PreparedImage, env: Record<string, string>): string[] {
  const expanded = (words: readonly string[] | undefined) => words?.map((word) => expand(word, env));
  const command = expanded(container.command);
  const args = expanded(container.args);
  if (command?.length) return [...command, ...(args ?? [])];
  return [...image.entrypoint, ...(args?.length ? args : image.cmd)];
}

function privilegesOf(unit: PodUnit, container: Container): string[] {
  if (!existsSync(join(unit.node.images.tools, 'setpriv'))) return [];
  const { privileged, capabilities } = container.securityContext ?? {};
  return dropPrivileges({ privileged, add: capabilities?.add, drop: capabilities?.drop });
}

function mountTable(unit: PodUnit, container: Container, image: PreparedImage): string {
  const termination = join(unit.paths.container(container.name), 'termination-log');
  writeFileSync(termination, '');
  const mounts: Mount[] = [
    ...image.mounts,
    { source: unit.node.images.tools, target: toolsFolder, readOnly: true },
    { source: unit.paths.resolvConf, target: '/etc/resolv.conf', readOnly: false },
    { source: unit.paths.hosts, target: '/etc/hosts', readOnly: false },
    {
      source: termination,
      target: container.terminationMessagePath || '/dev/termination-log',
      readOnly: false,
    },
    ...volumeMounts(unit, container),
  ];
  return mounts.map(mountLine).join('');
}

function volumeMounts(unit: PodUnit, container: Container): Mount[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath, readOnly }) => {
    const source = volumeSource(unit, name);
    if (!source) return [];
    const inside = subPath ? join(source, subPath) : source;
    return existsSync(inside) ? [{ source: inside, target: mountPath, readOnly: readOnly === true }] : [];
  });
}

function mountLine({ source, target, readOnly }: Mount): string {
  if (/[\t\n]/.test(source + target) || target.split('/').includes('..')) {
    throw new ConfigFault(`cannot mount at ${JSON.stringify(target)}`);
  }
  return `${readOnly ? 'ro' : 'rw'}\t${source}\t${target.replace(/^\/+/, '')}\n`;
}

/** The log of the run before is kept (`kubectl logs --previous`), older ones are not. */
function forgetOldLogs(unit: PodUnit, made: ContainerRecord): void {
  if (made.restartCount < 2) return;
  const old = unit.paths.log(made.name, made.restartCount - 2);
  rmSync(old, { force: true });
  rmSync(`${old}.1`, { force: true });
}
