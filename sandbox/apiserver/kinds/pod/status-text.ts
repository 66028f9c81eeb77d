import type { ContainerStatus, PodObject } from './object.ts';
import { isFinished, isSidecar } from './object.ts';

export interface PodSummary {
  ready: number;
  total: number;
  /** The word under STATUS. */
  reason: string;
  restarts: number;
  /** When the last restarted container ended, RFC 3339. */
  lastRestart: string | undefined;
}

/** What `kubectl get pods` says of a pod (pkg/printers/internalversion printPod). */
export function summarize(pod: PodObject): PodSummary {
  const { spec, status, metadata } = pod;
  const sidecars = (spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name);
  const init = initSummary(pod, sidecars);
  const initialized = status.conditions?.some(
    ({ type, status: state }) => type === 'Initialized' && state === 'True',
  );
  const summary =
    init.reason === undefined || initialized
      ? mainSummary(pod, init)
      : { ...count(status.initContainerStatuses ?? []), reason: init.reason, ready: init.ready };
  const total = (spec.containers ?? []).length + sidecars.length;
  return { ...summary, total, reason: deletionWord(metadata.deletionTimestamp, status) ?? summary.reason };
}

function deletionWord(
  deletionTimestamp: string | undefined,
  status: PodObject['status'],
): string | undefined {
  if (!deletionTimestamp) return undefined;
  if (status.reason === 'NodeLost') return 'Unknown';
  return isFinished(status) ? undefined : 'Terminating';
}

interface InitSummary {
  /** Undefined when all init containers are done. */
  reason: string | undefined;
  ready: number;
  sidecars: ContainerStatus[];
}

function initSummary({ spec, status }: PodObject, sidecarNames: readonly string[]): InitSummary {
  const statuses = status.initContainerStatuses ?? [];
  const summary: InitSummary = { reason: undefined, ready: 0, sidecars: [] };
  for (const [index, container] of statuses.entries()) {
    const sidecar = sidecarNames.includes(container.name);
    if (sidecar) summary.sidecars.push(container);
    if (container.state?.terminated?.exitCode === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) summary.ready++;
      continue;
    }
    summary.reason = initReason(container, index, (spec.initContainers ?? []).length);
    break;
  }
  return summary;
}

function initReason({ state }: ContainerStatus, index: number, total: number): string {
  if (state?.terminated) return `Init:${endReason(state.terminated)}`;
  const waiting = state?.waiting?.reason;
  return waiting && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
}

function endReason({
  reason,
  signal,
  exitCode,
}: {
  reason?: string;
  signal?: number;
  exitCode: number;
}): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function mainSummary({ status }: PodObject, init: InitSummary): Omit<PodSummary, 'total'> {
  const statuses = status.containerStatuses ?? [];
  let reason = podReason(status);
  let errorReason = '';
  for (const { state } of statuses.toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated) {
      reason = endReason(state.terminated);
      if (state.terminated.exitCode !== 0) errorReason = reason;
    }
  }
  const running = statuses.filter(
    ({ ready, state }) => ready && state?.running && !state.waiting?.reason,
  ).length;
  if (reason === 'Completed') {
    const ready = status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True');
    if (running > 0 && ready) reason = 'Running';
    else if (errorReason !== '') reason = errorReason;
    else if (running > 0) reason = 'NotReady';
  }
  return { ...count([...init.sidecars, ...statuses]), reason, ready: init.ready + running };
}

function podReason({ phase, reason, conditions = [] }: PodObject['status']): string {
  const gated = conditions.some(
    (entry) => entry.type === 'PodScheduled' && entry.reason === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : (reason ?? '') || (phase ?? '');
}

function count(statuses: readonly ContainerStatus[]): Pick<PodSummary, 'restarts' | 'lastRestart'> {
  const ends = statuses.flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? []);
  return {
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    lastRestart: ends.toSorted().at(-1),
  };
}
