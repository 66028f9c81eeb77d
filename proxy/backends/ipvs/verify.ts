import type { Kernel } from './diff.ts';
import type { KernelObject, Server } from './objects.ts';
import { chainPrefix } from './rules.ts';
import { registersOf } from './snapshot.ts';

/** What of ours differs between the record and what was read, in words; undefined when nothing does. */
export function compareObjects(record: Kernel, seen: Kernel): string | undefined {
  for (const [id, object] of record.objects) {
    const now = seen.objects.get(id);
    if (!now) return `missing: ${object.kind} ${id}`;
    const why = difference(object, now);
    if (why !== undefined) return `changed: ${object.kind} ${id}: ${why}`;
  }
  for (const [id, object] of seen.objects)
    if (!record.objects.has(id)) return `not ours: ${object.kind} ${id}`;
  return undefined;
}

function difference(want: KernelObject, have: KernelObject): string | undefined {
  if (want.kind === 'entry' && have.kind === 'entry')
    return want.mark === have.mark ? undefined : `mark ${have.mark}`;
  return want.kind === 'server' && have.kind === 'server' ? serverDifference(want, have) : undefined;
}

function serverDifference(want: Server, have: Server): string | undefined {
  if (want.scheduler !== have.scheduler) return `scheduler ${have.scheduler}`;
  if (want.flags !== have.flags) return `flags ${have.flags}`;
  if (want.persistence !== have.persistence) return `persistence ${have.persistence}`;
  for (const [real, weight] of want.reals) {
    const now = have.reals.get(real);
    if (now !== weight) return now === undefined ? `without ${real}` : `weight ${now} of ${real}`;
  }
  const foreign = [...have.reals.keys()].find((real) => !want.reals.has(real));
  return foreign === undefined ? undefined : `with ${foreign}`;
}

/** The same for the two sets that follow from servers and addresses. */
export function compareRegisters(
  record: Kernel,
  sets: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
): string | undefined {
  for (const [set, wanted] of registersOf(record)) {
    const seen = sets.get(set);
    if (!seen) return `missing: set ${set}`;
    const lost = [...wanted].find((key) => !seen.has(key));
    if (lost !== undefined) return `missing: element ${lost} of ${set}`;
    const foreign = [...seen.keys()].find((key) => !wanted.has(key));
    if (foreign !== undefined) return `not ours: element ${foreign} of ${set}`;
  }
  return undefined;
}

/** Our chains and the jumps to them, out of what `iptables-save` prints, in its order. */
export function ourRules(saved: string): string[] {
  let table = '';
  return saved.split('\n').flatMap((line) => {
    if (line.startsWith('*')) table = line;
    const ours = line.startsWith('-A ') && line.includes(chainPrefix);
    return ours ? [`${table} ${line}`] : [];
  });
}

/** The first difference between rules as written and as they are now, in words; undefined when there is none. */
export function compareRules(before: readonly string[], now: readonly string[]): string | undefined {
  const lost = before.find((line) => !now.includes(line));
  if (lost !== undefined) return `missing or changed: ${lost}`;
  const foreign = now.find((line) => !before.includes(line));
  return foreign === undefined ? undefined : `not ours: ${foreign}`;
}
