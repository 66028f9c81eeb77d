import { traceTable } from './mark.ts';

/** One step of a packet through the kernel's rules. */
export interface Hop {
  /** Tells packets apart: one that is sent out by this node and comes back over loopback has two. */
  readonly packet: string;
  /** `ip workshop-proxy`. */
  readonly table: string;
  readonly chain: string;
  /** `packet`: it enters a chain that hooks into the kernel, as it looks there. */
  readonly kind: 'packet' | 'rule' | 'verdict' | 'policy';
  /** The rule or the packet in nft's words. */
  readonly text: string;
  /** What the rule or policy decides: `accept`, `jump pick`, … */
  readonly verdict: string | undefined;
}

/** Reads a line of `nft monitor trace`; undefined for lines that are none. Pure. */
export function parseTrace(line: string): Hop | undefined {
  const [, packet, table, chain, kind, rest] =
    /^trace id ([0-9a-f]+) (\S+ \S+) (\S+) (packet:|(?:unknown )?rule|verdict|policy) ?(.*)$/.exec(
      line.trim(),
    ) ?? [];
  if (!packet || !table || !chain || !kind || rest === undefined) return undefined;
  const [, text, inBrackets] = /^(.*?)(?: \(verdict ([^)]*)\))?$/.exec(rest.trim()) ?? [];
  const verdict = kind === 'verdict' || kind === 'policy' ? rest.trim() : inBrackets;
  return { packet, table, chain, kind: kindOf(kind), text: (text ?? '').trim(), verdict };
}

function kindOf(word: string): Hop['kind'] {
  // The text of a rule that is younger than the watcher is not known to it; then it gives the rule's number.
  if (word.endsWith('rule')) return 'rule';
  return word === 'packet:' ? 'packet' : (word as Hop['kind']);
}

/** The hops as lines for people: each chain once, with the address pair as the packet had it there. Pure. */
export function traceText(hops: readonly Hop[]): string {
  let before = '';
  return hops
    .flatMap((hop) => {
      if (hop.kind === 'packet') {
        const pair = pairOf(hop.text);
        const changed = pair === before ? [] : [`packet ${pair}`];
        before = pair;
        return changed;
      }
      if (hop.table.includes(traceTable) || (hop.kind === 'verdict' && hop.verdict === 'continue')) return [];
      const what = hop.kind === 'rule' ? hop.text : hop.kind;
      const then = hop.verdict === undefined || hop.verdict === 'continue' ? '' : `  => ${hop.verdict}`;
      return [`  ${hop.table} ${hop.chain}: ${what}${then}`];
    })
    .map((line) => `${line}\n`)
    .join('');
}

function pairOf(text: string): string {
  const field = (name: string) => new RegExp(`\\b${name} (\\S+)`).exec(text)?.[1] ?? '';
  const side = (which: 's' | 'd') => {
    const address = field(`ip6? ${which}addr`);
    return `${address.includes(':') ? `[${address}]` : address}:${field(`(?:tcp|udp|sctp) ${which}port`)}`;
  };
  const [, way] = /\b([io]if "[^"]+")/.exec(text) ?? [];
  return `${side('s')} -> ${side('d')}${way ? ` (${way.replaceAll('"', '')})` : ''}`;
}
