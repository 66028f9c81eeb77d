import { expect } from 'chai';
import type { Client } from '../../lib/kube/client.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { Metadata, V1Lease, Wire } from '../../lib/kube/types.ts';
import { processLog } from '../../lib/log.ts';
import { waitFor } from '../../lib/wait.ts';
import { leadWhenElected } from '../../loadbalancer/lease.ts';
import { startApi, type TestApi } from '../sandbox/apiserver/start-api.ts';

/** Candidates in this process, at a real API server. */
describe('the lease of the load balancer', function () {
  this.timeout(20_000);
  const ref = { namespace: 'kube-system', name: 'test' };
  let api: TestApi;
  let candidates: Candidate[] = [];

  before(async () => {
    api = await startApi();
  });
  after(() => api?.close());
  afterEach(async () => {
    for (const candidate of candidates) await candidate.end();
    candidates = [];
    await api.client.delete(resources.leases, ref).catch(() => {});
  });

  it('is renewed by one request', async () => {
    const first = start('first');
    await first.leads();
    first.calls.length = 0;
    await waitFor(() => first.calls.length >= 3, soon('three renewals'));
    expect(new Set(first.calls)).to.deep.equal(new Set(['replace']));
  });

  it('is looked at by one request, from memory, while another holds it', async () => {
    await start('first').leads();
    const second = start('second');
    await waitFor(() => second.calls.length >= 4, soon('four looks'));
    expect(new Set(second.calls)).to.deep.equal(new Set(['get 0']));
    expect(second.asked).to.equal(0);
  });

  it('stays with its holder when somebody else writes to it', async () => {
    const first = start('first');
    await first.leads();
    const metadata = { annotations: { note: 'seen' } };
    await api.client.patch(resources.leases, ref, { metadata }, { type: 'merge' });
    const from = await renewTime();
    await waitFor(async () => (await renewTime()) !== from, soon('a renewal after it'));
    expect(first.tenures).to.equal(1);
  });

  it('is not taken by one that is not fit, and is taken when it is', async () => {
    const first = start('first', 'it is not Ready');
    await waitFor(() => first.asked >= 2, soon('two looks'));
    expect(first.tenures).to.equal(0);
    first.why = undefined;
    await first.leads();
  });

  it('is given back by a holder that is no longer fit, for the next one', async () => {
    const first = start('first');
    await first.leads();
    const second = start('second');
    first.why = 'it is not Ready';
    await second.leads();
    expect(first.tenures).to.equal(1);
  });

  const soon = (what: string) => ({ what, timeoutMs: 10_000 });

  async function renewTime(): Promise<string | undefined> {
    const { spec } = await api.client.get<Wire<V1Lease> & { metadata?: Metadata }>(resources.leases, ref);
    return spec?.renewTime;
  }

  interface Candidate {
    /** The API calls so far. */
    readonly calls: string[];
    /** Why it is not fit. */
    why: string | undefined;
    /** How often that was asked. */
    asked: number;
    tenures: number;
    leads(): Promise<void>;
    end(): Promise<void>;
  }

  function start(identity: string, why?: string): Candidate {
    const stop = new AbortController();
    const calls: string[] = [];
    let leading = false;
    const candidate: Candidate = {
      ...{ calls, why, asked: 0, tenures: 0 },
      leads: async () => void (await waitFor(() => leading, soon(`${identity} to lead`))),
      async end() {
        stop.abort();
        await ended;
      },
    };
    const ended = leadWhenElected(
      {
        ...{ namespace: ref.namespace, name: ref.name, identity, signal: stop.signal },
        client: counting(api.client, calls),
        timing: { durationMs: 3000, deadlineMs: 2000, renewMs: 200 },
        unfit: async () => {
          candidate.asked++;
          return candidate.why;
        },
        standBy: async () => {},
        log: processLog('error'),
      },
      async (signal) => {
        candidate.tenures++;
        leading = true;
        await new Promise((resolve) => {
          for (const each of [signal, stop.signal]) each.addEventListener('abort', resolve, { once: true });
        });
        leading = false;
      },
    );
    candidates.push(candidate);
    return candidate;
  }

  /** Notes what is asked of the API server. */
  function counting(client: Client, calls: string[]): Client {
    return {
      ...client,
      get: (resource, of, options) => {
        calls.push(`get ${options?.resourceVersion ?? 'anew'}`);
        return client.get(resource, of, options);
      },
      replace: (resource, object, options) => {
        calls.push('replace');
        return client.replace(resource, object, options);
      },
    };
  }
});
