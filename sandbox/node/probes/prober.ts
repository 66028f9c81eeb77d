import type { Container, Probe } from '../pods/pod.ts';
import type { ProbeResult } from './result.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** The probes of one run of a container. */
export interface ContainerProbes {
  /** The startup probe succeeded, or there is none. */
  readonly started: boolean;
  /** Started, and the readiness probe succeeded, or there is none. */
  readonly ready: boolean;
  /** Ends startup and liveness probing; readiness goes on while the pod is being ended. */
  quiet(): void;
  stop(): void;
}

export interface ProbeOptions {
  container: Container;
  /** Milliseconds since the epoch. */
  startedAt: number;
  attempt(probe: Probe, signal: AbortSignal): Promise<ProbeResult>;
  /** `started` or `ready` changed. */
  onChange(): void;
  /** An attempt failed. */
  onFailure(kind: ProbeKind, result: ProbeResult): void;
  /** A startup or liveness probe failed for good: the container must be ended. */
  onVerdict(kind: 'startup' | 'liveness'): void;
}

/**
 * Probes a container as the kubelet does: each probe by its own period, counted failures and successes, readiness and
 * liveness only once the startup probe has succeeded.
 */
export function startProbes(options: ProbeOptions): ContainerProbes {
  const { container, onChange } = options;
  const stops = new Map<ProbeKind, () => void>();
  let started = container.startupProbe === undefined;
  let ready = container.readinessProbe === undefined;

  function begin(kind: ProbeKind, probe: Probe | undefined, onResult: (success: boolean) => void): void {
    if (probe) stops.set(kind, watch(kind, probe, options, onResult));
  }

  function beginOthers(): void {
    begin('readiness', container.readinessProbe, (success) => {
      if (ready === success) return;
      ready = success;
      onChange();
    });
    begin('liveness', container.livenessProbe, (success) => {
      if (!success) options.onVerdict('liveness');
    });
  }

  if (started) beginOthers();
  else {
    begin('startup', container.startupProbe, (success) => {
      if (!success) return options.onVerdict('startup');
      if (started) return;
      started = true;
      stops.get('startup')?.();
      beginOthers();
      onChange();
    });
  }

  const end = (kinds: Iterable<ProbeKind>) => {
    for (const kind of kinds) stops.get(kind)?.();
  };
  return {
    get started() {
      return started;
    },
    get ready() {
      return started && ready;
    },
    quiet: () => end(['startup', 'liveness']),
    stop: () => end([...stops.keys()]),
  };
}

/**
 * In its first moments a program is not expected to answer yet: such failures do not count, and the next attempt comes at
 * once instead of after a whole period. The kubelet's own first attempt comes up to a second late.
 */
const settlingMs = 1000;

/** Repeats one probe; tells each time its threshold is reached. Returns what ends it. */
function watch(
  kind: ProbeKind,
  probe: Probe,
  options: ProbeOptions,
  onResult: (success: boolean) => void,
): () => void {
  const abort = new AbortController();
  const periodMs = (probe.periodSeconds || 10) * 1000;
  let last: boolean | undefined;
  let run = 0;
  let timer: NodeJS.Timeout | undefined;

  async function once(): Promise<void> {
    const begun = Date.now();
    const result = await options.attempt(probe, abort.signal);
    if (abort.signal.aborted) return;
    if (!result.success && kind !== 'liveness' && Date.now() - options.startedAt < settlingMs) {
      timer = setTimeout(() => void once(), 50);
      return;
    }
    timer = setTimeout(() => void once(), Math.max(0, periodMs - (Date.now() - begun)));
    if (!result.success) options.onFailure(kind, result);
    run = last === result.success ? run + 1 : 1;
    last = result.success;
    const threshold = result.success ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (run < threshold) return;
    onResult(result.success);
    if (!result.success && kind !== 'readiness') run = 0;
  }

  const delayMs = (probe.initialDelaySeconds ?? 0) * 1000 - (Date.now() - options.startedAt);
  timer = setTimeout(() => void once(), Math.max(0, delayMs));
  return () => {
    abort.abort();
    clearTimeout(timer);
  };
}
