import { trackDeletions } from '../doomed.ts';
import { type AnyObject, type EndpointSlice, isDeleting, namespaceOf, uidOf } from '../objects.ts';
import { controllerOf } from '../owners.ts';
import type { Store } from '../store.ts';
import { managedByLabel, serviceNameLabel } from './labels.ts';

export interface SliceIndex {
  /**
   * The slices of a Service that this manager made for `owner` and that are there to stay. Those made for a namesake
   * that is gone are left to the garbage collector.
   */
  of(key: string, owner: AnyObject | undefined): EndpointSlice[];
  /** To be told when a slice's deletion is asked for, before the store shows it. */
  doomed: ReturnType<typeof trackDeletions>;
}

/** Indexes the slices of one manager by Service; `onChange` hears the key of each Service whose slices changed. */
export function indexSlices(
  store: Store<EndpointSlice>,
  manager: string,
  onChange: (key: string) => void,
): SliceIndex {
  const byService = new Map<string, Map<string, EndpointSlice>>();
  const doomed = trackDeletions(store);

  store.subscribe((key, now, before) => {
    const [owner, oldOwner] = [serviceKey(now, manager), serviceKey(before, manager)];
    if (oldOwner !== undefined && oldOwner !== owner) put(oldOwner, key, undefined);
    if (owner !== undefined) put(owner, key, now);
    for (const changed of new Set([owner, oldOwner])) if (changed !== undefined) onChange(changed);
  });

  function put(service: string, key: string, slice: EndpointSlice | undefined): void {
    const slices = byService.get(service) ?? new Map<string, EndpointSlice>();
    if (slice) slices.set(key, slice);
    else slices.delete(key);
    if (slices.size > 0) byService.set(service, slices);
    else byService.delete(service);
  }

  return {
    doomed,
    of(key, owner) {
      const slices = [...(byService.get(key)?.values() ?? [])];
      return slices.filter((slice) => {
        const controller = controllerOf(slice);
        const foreign = controller !== undefined && owner !== undefined && controller.uid !== uidOf(owner);
        return !foreign && !isDeleting(slice) && !doomed.has(uidOf(slice));
      });
    },
  };
}

function serviceKey(slice: EndpointSlice | undefined, manager: string): string | undefined {
  const labels = slice?.metadata?.labels ?? {};
  if (!slice || labels[managedByLabel] !== manager || !labels[serviceNameLabel]) return undefined;
  return `${namespaceOf(slice)}/${labels[serviceNameLabel]}`;
}
