import { WorkshopError } from '../../../lib/errors.ts';
import { provisionedMark } from './provision.ts';
import { machinesOf, onMachine, type Work } from './work.ts';

/**
 * The machines that have no address on the class LAN, though they answer, and that nothing was done with since they were made. Vagrant
 * writes the address to a machine's disk when it makes it and never again; a power cut in the seconds after that takes it away.
 * What the others were given is safe on their disks afterwards. Throws WorkshopError `environment` when one is without an address
 * that has been used: to make that anew is up to whoever used it.
 */
export async function withoutAddress(work: Work): Promise<string[]> {
  const states = await Promise.all(
    machinesOf(work).map(async (machine) => [machine, await addressState(work, machine)] as const),
  );
  const used = states.flatMap(([machine, state]) => (state === 'used' ? [machine] : []));
  if (used.length === 0) return states.flatMap(([machine, state]) => (state === 'fresh' ? [machine] : []));
  throw new WorkshopError(
    'environment',
    `could not use ${used.join(', ')}: no network card there has an address of ${work.settings.network.nodes}`,
    { advice: 'workshop down, then workshop up: both with --backend vagrant' },
  );
}

/** `fresh`: it has no address, and was not provisioned; `used`: it was. Throws as onMachine does, also when that takes too long. */
export async function addressState(work: Work, machine: string, timeoutMs?: number): Promise<string> {
  const address = work.settings.nodes.find(({ name }) => name === machine)?.address ?? '';
  const argv = ['sh', '-c', look, 'sh', address, provisionedMark];
  return (await onMachine(work, machine, argv, { ...(timeoutMs && { timeoutMs }) })).trim();
}

/** A machine that has just booted may answer before all of its cards are up. */
const look = `for i in $(seq 20); do
  if ip -o -4 addr show | grep -qwF "$1"; then sync; echo there; exit; fi
  sleep 1
done
if [ -e "$2" ]; then echo used; else echo fresh; fi`;
