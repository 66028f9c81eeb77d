import { expect } from 'chai';
import { fullName, lookUp } from '../07-dns/records.ts';
import type { Check, Lab } from '../lab.ts';
import { getService, nodesOf } from '../steps/objects.ts';
import { addressesInRules } from '../steps/rules.ts';
import { type Look, until } from '../steps/until.ts';

/** The alias of the lab, where it leads, and the address that it names in vain; its twin of type ClusterIP names the other. */
export const aliasOf = { name: 'my-database', target: 'my.database.example.com', address: '80.11.12.112' };
export const twin = { name: 'twin', address: '80.11.12.113' };

export const externalName: Check = {
  claims: ['S-10'],
  title: 'ExternalName is a CNAME and nothing else: no cluster IP, no rule on any node',
  look: 'nslookup of the name in the pod debug; kubectl get services; the rules on each node',
  async run(lab) {
    await aliasLeadsTo(lab, aliasOf.name, aliasOf.target);
    const { spec } = await getService(lab, aliasOf.name);
    expect(spec?.clusterIP || 'none', 'its cluster IP').to.equal('none');
    const nodes = await nodesOf(lab);
    for (const { name } of nodes) {
      await twinHasRules(lab, name);
      const found = await addressesInRules(lab, name, [aliasOf.address]);
      expect(found, `addresses of ${aliasOf.name} in the rules on ${name}`).to.deep.equal([]);
    }
    lab.seen(`CNAME ${aliasOf.target}; no cluster IP; no rule on ${nodes.length} nodes`);
  },
};

/** Throws unless the Service's name is an alias (CNAME) of the target within 5 s. */
export async function aliasLeadsTo(lab: Lab, name: string, target: string): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const { alias, addresses, text } = await lookUp(lab, fullName(lab, name), 'cname');
      if (alias === target) return { found: true };
      return { yet: alias ?? (addresses.length > 0 ? `the address ${addresses.join()}` : text) };
    },
    { expected: `${name} to be a CNAME of ${target}`, timeoutMs: 5000 },
  );
}

/** The same fields with type ClusterIP do make rules, so that "no rule" means something. */
async function twinHasRules(lab: Lab, node: string): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const found = await addressesInRules(lab, node, [twin.address]);
      return found.length > 0 ? { found: true } : { yet: 'none' };
    },
    { expected: `rules on ${node} with ${twin.address}, of a Service of type ClusterIP`, timeoutMs: 5000 },
  );
}
