import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { inform } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { adoptContainer } from '../runtime/container.ts';
import { isAlive } from '../runtime/process-id.ts';
import { createBackOff } from './back-off.ts';
import { runOf } from './launch.ts';
import { podPaths } from './paths.ts';
import { allContainers, type Pod } from './pod.ts';
import type { PodRecord } from './record.ts';
import { superviseContainer } from './run-container.ts';
import { type NodeContext, type PodUnit, saveRecord } from './unit.ts';
import { type PodWorker, startWorker } from './worker.ts';

export interface PodManager {
  /** The pod of that name on this node, as its worker knows it. */
  find(namespace: string, name: string): PodUnit | undefined;
  count(): number;
  /** Lets every pod's worker look again, as when the node got its podCIDR. */
  nudge(): void;
  /** Stops the workers; containers go on. */
  stop(): Promise<void>;
}

/**
 * Runs the pods that the API assigns to this node. Pods that an earlier agent left running are found again by their records
 * and taken over.
 */
export function startPodManager(node: NodeContext): PodManager {
  mkdirSync(node.paths.pods, { recursive: true, mode: 0o700 });
  const workers = new Map<string, PodWorker>();
  const left = readRecords(node);

  function begin(pod: Pod, gone = false): void {
    const uid = pod.metadata?.uid ?? '';
    const unit = createUnit(node, pod, left.get(uid));
    unit.gone = gone;
    left.delete(uid);
    takeOver(unit);
    const worker = startWorker(unit, () => {
      workers.delete(uid);
      void worker.stop();
    });
    workers.set(uid, worker);
  }

  function onChange(_key: string, now: Pod | undefined, before: Pod | undefined): void {
    const replaced = before?.metadata?.uid;
    if (replaced && replaced !== now?.metadata?.uid) {
      const worker = workers.get(replaced);
      if (worker) {
        worker.unit.gone = true;
        worker.unit.request();
      }
    }
    if (!now) return;
    const worker = workers.get(now.metadata?.uid ?? '');
    if (!worker) {
      begin(now);
      return;
    }
    worker.unit.pod = newest(worker.unit.pod, now);
    worker.unit.request();
  }

  const pods = inform<Pod>({
    client: node.client,
    resource: resources.pods,
    fieldSelector: `spec.nodeName=${node.nodeName}`,
    log: node.log,
    signal: node.signal,
    onChange,
  });
  // Only a fault of ours ends the watch before its time: then this process must not live on blindly.
  pods.done.catch((error: unknown) => {
    if (!node.signal.aborted) throw error;
  });
  pods.synced.then(
    () => {
      for (const record of left.values()) begin(podOf(record), true);
    },
    () => {},
  );

  return {
    find: (namespace, name) => {
      const units = [...workers.values()].map(({ unit }) => unit);
      return units.find(
        ({ record, gone }) => !gone && record.namespace === namespace && record.name === name,
      );
    },
    count: () => workers.size,
    nudge: () => {
      for (const { unit } of workers.values()) unit.request();
    },
    stop: async () => {
      await Promise.all([...workers.values()].map((worker) => worker.stop()));
    },
  };
}

function newest(a: Pod, b: Pod): Pod {
  return Number(a.metadata?.resourceVersion) > Number(b.metadata?.resourceVersion) ? a : b;
}

function createUnit(node: NodeContext, pod: Pod, known: PodRecord | undefined): PodUnit {
  const { uid = '', namespace = '', name = '' } = pod.metadata ?? {};
  const record = known ?? {
    uid,
    namespace,
    name,
    hostNetwork: pod.spec?.hostNetwork === true,
    startTime: pod.status?.startTime ?? new Date().toISOString(),
    containers: {},
  };
  return {
    node,
    paths: podPaths(node.paths, uid),
    record,
    backOff: createBackOff(),
    log: node.log.with({ pod: `${namespace}/${name}` }),
    pod,
    gone: false,
    live: new Map(),
    probes: new Map(),
    waiting: new Map(),
    ending: new Map(),
    prepared: false,
    request: () => {},
  };
}

/** Finds the containers of an earlier agent's pod again; of those that are over, notes how they ended. */
function takeOver(unit: PodUnit): void {
  const { record } = unit;
  if (record.holder && record.address && !record.hostNetwork) unit.node.addresses()?.claim(record.address);
  if (!record.holder || !isAlive(record.holder)) unit.prepared = false;
  for (const container of allContainers(unit.pod)) {
    const known = record.containers[container.name];
    if (!known || known.exit) continue;
    if (known.process && isAlive(known.process)) {
      const live = adoptContainer(runOf(unit, container, known), known.process);
      unit.live.set(container.name, live);
      superviseContainer(unit, container, live);
    } else {
      known.exit = {
        id: known.id,
        ...endOf(unit, container.name),
        startedAt: known.startedAt,
        finishedAt: new Date().toISOString(),
      };
      delete known.process;
      saveRecord(unit);
    }
  }
  unit.prepared = record.holder !== undefined && isAlive(record.holder);
}

function endOf(unit: PodUnit, container: string): { exitCode: number; reason: string } {
  try {
    const exitCode = Number(readFileSync(`${unit.paths.container(container)}/exit`, 'utf8').trim());
    return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' };
  } catch {
    return { exitCode: 137, reason: 'ContainerStatusUnknown' };
  }
}

function readRecords(node: NodeContext): Map<string, PodRecord> {
  const records = new Map<string, PodRecord>();
  for (const uid of readdirSync(node.paths.pods)) {
    const paths = podPaths(node.paths, uid);
    try {
      records.set(uid, JSON.parse(readFileSync(paths.state, 'utf8')) as PodRecord);
    } catch {
      // Nothing was started yet, or the disk was full then: nothing can be found again.
      rmSync(paths.folder, { recursive: true, force: true });
    }
  }
  return records;
}

function podOf(record: PodRecord): Pod {
  const containers = Object.keys(record.containers).map((name) => ({ name }));
  return {
    metadata: { uid: record.uid, namespace: record.namespace, name: record.name },
    spec: { containers, hostNetwork: record.hostNetwork },
  };
}
