import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { kinds } from '../../../../sandbox/apiserver/kinds/index.ts';
import type { Kind, StoredObject } from '../../../../sandbox/apiserver/kinds/kind.ts';
import type { Group } from './case.ts';
import { goldenFile, loadGroups } from './case.ts';
import { MemoryServer } from './memory-server.ts';
import { normalize, withoutAccount } from './normalize.ts';

/** The answers of kube-apiserver v1.35.4 (record.ts wrote them) are what ours must be. */
describe('kinds answer as kube-apiserver does', () => {
  const now = Date.now();
  for (const group of loadGroups(now)) {
    describe(group.plural, () => {
      const golden = JSON.parse(readFileSync(goldenFile(group), 'utf8')) as Record<string, unknown>;
      for (const given of group.cases) {
        it(given.title, () => {
          const services = [kubernetes(group)].flat();
          const answer = new MemoryServer(kindOf(group), { now, services }).play(group, given);
          const seen = normalize(answer, given);
          expect(withoutAccount(seen)).to.deep.equal(withoutDeprecation(golden[given.title]));
        });
      }
    });
  }
});

function kindOf({ plural }: Group): Kind {
  const kind = kinds.find((one) => one.plural === plural);
  if (!kind) throw new Error(`no kind ${plural}`);
  return kind;
}

/** The Service that every cluster starts with. */
function kubernetes({ plural }: Group): StoredObject[] {
  if (plural !== 'services') return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', uid: '', resourceVersion: '', creationTimestamp: '' },
      spec: { clusterIP: '172.17.0.1', clusterIPs: ['172.17.0.1'] },
    },
  ];
}

/** The generic path says this of a whole kind; the kind's own rules know nothing of it. */
function withoutDeprecation(answer: unknown): unknown {
  const { warnings = [], ...rest } = answer as { warnings?: string[] };
  const own = warnings.filter((warning) => !warning.startsWith('v1 Endpoints is deprecated'));
  return own.length > 0 ? { ...rest, warnings: own } : rest;
}
