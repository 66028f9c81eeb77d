import type { Client } from '../../../lib/kube/client.ts';
import { inform, keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { silentLog } from '../../../lib/log.ts';
import type { Pod } from '../../../sandbox/controllers/objects.ts';

/**
 * Stands in for the node agents where only the API matters: assigned pods become ready at once (unless the annotation
 * `test/stay` says `unready`) with an address made up from a counter, deleted ones end at once.
 */
export function standInKubelet(client: Client, signal: AbortSignal): { pods(): Pod[] } {
  let counter = 1;
  const seen = new Set<string>();
  const informer = inform<Pod>({
    client,
    resource: resources.pods,
    log: silentLog,
    signal,
    onChange(key, pod) {
      const ref = { namespace: pod?.metadata?.namespace, name: pod?.metadata?.name ?? '' };
      const { uid = '', deletionTimestamp, annotations = {} } = pod?.metadata ?? {};
      if (!pod?.spec?.nodeName) return;
      if (deletionTimestamp) {
        if (annotations['test/stay'] === 'terminating') return;
        client.delete(resources.pods, ref, { gracePeriodSeconds: 0, uid }).catch(() => {});
      } else if (!seen.has(key + uid)) {
        seen.add(key + uid);
        const ready = annotations['test/stay'] !== 'unready';
        client
          .patch(resources.pods, ref, runningStatus(counter++, ready), {
            type: 'strategic-merge',
            subresource: 'status',
          })
          .catch(() => seen.delete(key + uid));
      }
    },
  });
  return { pods: () => informer.list().sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) };
}

/** The patch that makes a pod run, at address 172.16.(n/250).(n%250). */
export function runningStatus(n: number, ready: boolean): unknown {
  const podIP = `172.16.${Math.floor(n / 250)}.${(n % 250) + 1}`;
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = (type: string, status: string) => ({ type, status, lastTransitionTime: now });
  return {
    status: {
      phase: 'Running',
      podIP,
      podIPs: [{ ip: podIP }],
      conditions: [
        condition('Ready', ready ? 'True' : 'False'),
        condition('ContainersReady', ready ? 'True' : 'False'),
      ],
    },
  };
}
