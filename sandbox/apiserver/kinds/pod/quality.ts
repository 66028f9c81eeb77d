import { parseQuantity } from '../quantity.ts';
import type { PodSpec, Resources } from './object.ts';

const counted = ['cpu', 'memory'];

/** The QoS class, fixed when the pod is made (pkg/apis/core/v1/helper/qos ComputePodQOS). */
export function quality(spec: PodSpec): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(
    ({ resources }) => resources ?? {},
  );
  const limits = sum(all.map((resources) => resources.limits));
  const requests = sum(all.map((resources) => resources.requests));
  if (limits.size === 0 && requests.size === 0) return 'BestEffort';
  const limited = all.every((resources) => counted.every((name) => amount(resources.limits, name) > 0n));
  const equal = counted.every((name) => limits.get(name) === requests.get(name));
  return limited && equal ? 'Guaranteed' : 'Burstable';
}

function sum(lists: readonly Resources['limits'][]): Map<string, bigint> {
  const total = new Map<string, bigint>();
  for (const list of lists) {
    for (const name of counted) {
      const added = amount(list, name);
      if (added > 0n) total.set(name, (total.get(name) ?? 0n) + added);
    }
  }
  return total;
}

function amount(list: Resources['limits'], name: string): bigint {
  return parseQuantity(list?.[name] ?? '')?.milli ?? 0n;
}
