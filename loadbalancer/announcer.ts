import { ExecError, run } from '../lib/exec.ts';
import type { Log } from '../lib/log.ts';
import { type Pool, poolHas } from './pool.ts';

/** Makes this node the one that answers for some addresses on its LAN. */
export interface Announcer {
  /** Exactly these of the pool from now on; addresses that are no part of the pool are never touched. Throws ExecError. */
  announce(addresses: ReadonlySet<string>): Promise<void>;
}

/**
 * The addresses are put, as /32, on the interface that has the node's own: the kernel answers for them there in every mode of the
 * proxy, also with strict ARP, where an address of another interface would not be answered for. A gratuitous ARP tells the
 * neighbours, who may know the node before. Reads what is there each time, so that nothing has to be remembered over a crash.
 */
export function createAnnouncer(nodeAddress: string, pool: Pool, log: Log): Announcer {
  return {
    async announce(addresses) {
      const { device, present } = await look(nodeAddress, pool);
      for (const address of present) {
        if (addresses.has(address)) continue;
        await run('ip', ['address', 'del', `${address}/32`, 'dev', device], {
          okCodes: [0, 2],
          timeoutMs: 10_000,
        });
        log.info('withdrawn', { address, device });
      }
      for (const address of addresses) {
        if (present.has(address)) continue;
        const args = ['address', 'replace', `${address}/32`, 'dev', device, 'noprefixroute'];
        await run('ip', args, { timeoutMs: 10_000 });
        log.info('announced', { address, device });
        void tellNeighbours(address, device, log);
      }
    },
  };
}

async function look(nodeAddress: string, pool: Pool): Promise<{ device: string; present: Set<string> }> {
  const { stdout } = await run('ip', ['-json', '-4', 'address', 'show'], { timeoutMs: 10_000 });
  const links = JSON.parse(stdout) as Link[];
  const own = links.find(({ addr_info }) => addr_info.some(({ local }) => local === nodeAddress));
  if (!own) throw new Error(`no interface has the address ${nodeAddress}`);
  const present = own.addr_info.filter(({ local, prefixlen }) => prefixlen === 32 && poolHas(pool, local));
  return { device: own.ifname, present: new Set(present.map(({ local }) => local)) };
}

interface Link {
  readonly ifname: string;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number }[];
}

/** Unsolicited ARP, three times, one second apart: one may be lost. Without the program neighbours find out by themselves, later. */
async function tellNeighbours(address: string, device: string, log: Log): Promise<void> {
  const args = ['-U', '-c', '3', '-I', device, address];
  for (const [program, ...first] of [['arping'], ['busybox', 'arping']] as const) {
    try {
      await run(program, [...first, ...args], { okCodes: [0, 1], timeoutMs: 10_000 });
      return;
    } catch (error) {
      if (!(error instanceof ExecError) || error.kind !== 'missing')
        return log.warn('could not send a gratuitous ARP', { address, error });
    }
  }
  log.warn('could not send a gratuitous ARP: neither arping nor busybox is there', { address });
}
