import { waitFor } from '../../lib/wait.ts';
import { kubectl, onMachine } from './on-machine.ts';
import type { Workshop } from './workshop.ts';

export interface Traffic {
  /** Resolves when all ready endpoints are on that machine, there is one at least, and requests are answered again. */
  onlyFrom(machine: string, patience: { timeoutMs: number; intervalMs: number }): Promise<void>;
  /** Resolves with the number of requests that failed while the task went on. Throws when too few were made to tell. */
  during(task: () => Promise<unknown>): Promise<number>;
  /** Resolves when so many more requests have been made. */
  more(count: number, patience: { timeoutMs: number; intervalMs: number }): Promise<void>;
  end(): Promise<void>;
}

/**
 * Requests to the documents' Service by its cluster IP, one after the other, from the shell of a machine: they need nobody's help there,
 * whatever happens to the others.
 */
export async function startTraffic(workshop: Workshop, machine: string): Promise<Traffic> {
  const address = await kubectl(workshop, 'get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}');
  await onMachine(workshop, machine, 'sh', '-c', start, 'sh', `http://${address.trim()}:8080`);
  const answers = async () =>
    (await onMachine(workshop, machine, 'cat', '/tmp/answers')).split('\n').slice(0, -1);
  const traffic: Traffic = {
    async onlyFrom(name, patience) {
      const alone = async () => {
        const nodes = await kubectl(workshop, 'get', 'endpointslices', '-l', label, '-o', readyNodes);
        const ready = nodes.split('\n').filter(Boolean);
        return ready.length > 0 && ready.every((node) => node === name);
      };
      await waitFor(alone, { what: `endpoints on ${name} alone`, ...patience });
      const from = (await answers()).length;
      const well = async () => {
        const latest = (await answers()).slice(from).slice(-5);
        return latest.length === 5 && !latest.includes('failed');
      };
      await waitFor(well, { what: 'five answers in a row', ...patience });
    },
    async during(task) {
      const from = (await answers()).length;
      await task();
      const meanwhile = (await answers()).slice(from);
      if (meanwhile.length < 5) throw new Error(`only ${meanwhile.length} requests were made meanwhile`);
      process.stderr.write(`  ${meanwhile.length} requests meanwhile\n`);
      return meanwhile.filter((answer) => answer === 'failed').length;
    },
    async more(count, patience) {
      const wanted = (await answers()).length + count;
      const enough = async () => (await answers()).length >= wanted;
      await waitFor(enough, { what: `${count} more requests`, ...patience });
    },
    async end() {
      await onMachine(workshop, machine, 'rm', '/tmp/traffic');
    },
  };
  const [first] = await waitFor(
    async () => ((list) => (list.length > 2 ? list : undefined))(await answers()),
    {
      what: 'the first answers',
      timeoutMs: 60_000,
      intervalMs: 1000,
    },
  );
  if (first === 'failed') throw new Error(`${service} does not answer ${machine}`);
  return traffic;
}

const service = 'hostname-service-clusterip';
const label = `kubernetes.io/service-name=${service}`;
const readyNodes = 'jsonpath={range .items[*].endpoints[?(@.conditions.ready==true)]}{.nodeName}{"\\n"}{end}';

/** Goes on until the file `traffic` is gone. One line for each request: who answered, or `failed`. */
const start = `rm -f /tmp/answers; touch /tmp/traffic /tmp/answers
setsid nohup sh -c 'while [ -e /tmp/traffic ]; do
  timeout 5 busybox wget -q -O - "$1" 2>/dev/null | grep -o "Hello,  [^<]*" || echo failed
  sleep 0.3
done >>/tmp/answers' sh "$1" >/dev/null 2>&1 </dev/null &`;
