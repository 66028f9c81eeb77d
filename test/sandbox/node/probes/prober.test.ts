import { expect } from 'chai';
import { waitFor } from '../../../../lib/wait.ts';
import type { Container } from '../../../../sandbox/node/pods/pod.ts';
import { type ContainerProbes, startProbes } from '../../../../sandbox/node/probes/prober.ts';

/** Periods of a hundredth of a second. */
const quick = { periodSeconds: 0.01 };

describe('probes', () => {
  let probes: ContainerProbes | undefined;

  afterEach(() => probes?.stop());

  /** Attempts answer as listed, the last answer for ever; returns what happened, in order. */
  function watch(container: Partial<Container>, answers: Record<string, boolean[]>): string[] {
    const seen: string[] = [];
    const state = () => `started=${probes?.started} ready=${probes?.ready}`;
    probes = startProbes({
      container: { name: 'c', ...container },
      startedAt: Date.now() - 10_000,
      attempt: async (probe) => {
        const list = answers[probe.exec?.command?.[0] ?? ''] ?? [];
        const success = (list.length > 1 ? list.shift() : list[0]) === true;
        return { success, output: '' };
      },
      onChange: () => seen.push(state()),
      onFailure: (kind) => seen.push(`${kind} failed`),
      onVerdict: (kind) => seen.push(`${kind} verdict`),
    });
    return seen;
  }

  const probe = (name: string, more: object = {}) => ({ exec: { command: [name] }, ...quick, ...more });
  const until = (seen: string[], last: string) => {
    return waitFor(() => seen.includes(last), { what: last, timeoutMs: 2000, intervalMs: 5 });
  };

  it('are ready at once when there are none', () => {
    watch({}, {});
    expect([probes?.started, probes?.ready]).to.deep.equal([true, true]);
  });

  it('make ready after successThreshold successes, unready after failureThreshold failures', async () => {
    const seen = watch(
      { readinessProbe: probe('r', { successThreshold: 2, failureThreshold: 3 }) },
      { r: [true, false, true, true, false, false, false] },
    );
    await until(seen, 'started=true ready=false');
    expect(seen.slice(0, 6)).to.deep.equal([
      'readiness failed',
      'started=true ready=true',
      'readiness failed',
      'readiness failed',
      'readiness failed',
      'started=true ready=false',
    ]);
  });

  it('wait for the startup probe', async () => {
    const seen = watch(
      { startupProbe: probe('s', { failureThreshold: 5 }), readinessProbe: probe('r') },
      { s: [false, false, true], r: [true] },
    );
    expect(probes?.ready).to.equal(false);
    await until(seen, 'started=true ready=true');
    expect(seen).to.deep.equal([
      'startup failed',
      'startup failed',
      'started=true ready=false',
      'started=true ready=true',
    ]);
  });

  it('condemn a container by its liveness probe only after failureThreshold failures in a row', async () => {
    const seen = watch(
      { livenessProbe: probe('l', { failureThreshold: 2 }) },
      { l: [false, true, false, false] },
    );
    await until(seen, 'liveness verdict');
    expect(seen.slice(0, 4)).to.deep.equal([
      'liveness failed',
      'liveness failed',
      'liveness failed',
      'liveness verdict',
    ]);
  });

  it('end with stop()', async () => {
    const seen = watch({ livenessProbe: probe('l', { failureThreshold: 1 }) }, { l: [false] });
    await until(seen, 'liveness verdict');
    probes?.stop();
    const count = seen.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.length).to.equal(count);
  });
});
