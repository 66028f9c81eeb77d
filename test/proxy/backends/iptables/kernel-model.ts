/** The chains of one family as iptables-restore would leave them; refuses what it and the kernel refuse. */
export class KernelModel {
  readonly #tables = new Map([
    ['nat', builtIn('PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING')],
    ['filter', builtIn('INPUT', 'FORWARD', 'OUTPUT')],
  ]);

  /** Carries out text for `iptables-restore --noflush`; answers with the names of the chains that it made, emptied or removed. */
  restore(text: string): string[] {
    const touched: string[] = [];
    let chains = new Map<string, string[]>();
    for (const line of text.split('\n')) {
      const [verb = '', name = ''] = line.split(' ');
      if (verb.startsWith('*')) chains = this.#table(verb.slice(1));
      else if (verb.startsWith(':')) {
        chains.set(verb.slice(1), []);
        touched.push(verb.slice(1));
      } else if (verb === '-X') remove(chains, name);
      else if (verb.startsWith('-')) change(chains, verb, name, line.slice(verb.length + name.length + 2));
      else if (verb === 'COMMIT') check(chains);
    }
    return touched;
  }

  /** All chains with their rules; those that Services share in sorted order, as it does not matter there. */
  content(): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const [table, chains] of this.#tables) {
      for (const [name, rules] of chains) {
        const last = rules.at(-1) ?? '';
        const ends = /"no such service"|must be the last/.test(last) ? [last] : [];
        const body = rules.slice(0, rules.length - ends.length);
        found[`${table} ${name}`] = shared.has(name) ? [...body.sort(), ...ends] : rules;
      }
    }
    return found;
  }

  #table(name: string): Map<string, string[]> {
    const chains = this.#tables.get(name);
    if (!chains) throw new Error(`no such table: ${name}`);
    return chains;
  }
}

const shared: ReadonlySet<string> = new Set([
  'KUBE-SERVICES',
  'KUBE-NODEPORTS',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-PROXY-FIREWALL',
]);

function builtIn(...names: string[]): Map<string, string[]> {
  return new Map(names.map((name) => [name, []]));
}

function change(chains: Map<string, string[]>, verb: string, name: string, rule: string): void {
  const rules = chains.get(name);
  if (!rules) throw new Error(`no such chain: ${name}`);
  if (verb === '-A') rules.push(rule);
  else if (verb === '-I') rules.unshift(rule);
  else {
    const at = rules.indexOf(rule);
    if (at < 0) throw new Error(`no such rule: ${name} ${rule}`);
    rules.splice(at, 1);
  }
}

function remove(chains: Map<string, string[]>, name: string): void {
  if ((chains.get(name)?.length ?? 1) > 0) throw new Error(`cannot remove ${name}`);
  chains.delete(name);
}

/** A block is one transaction: at its end every jump must lead somewhere. */
function check(chains: Map<string, string[]>): void {
  for (const rules of chains.values()) {
    for (const rule of rules) {
      const [, target = ''] = /(?:^| )-j (KUBE-\S+)/.exec(rule) ?? [];
      if (target !== '' && !chains.has(target)) throw new Error(`a jump to nowhere: ${rule}`);
    }
  }
}
