import { expect } from 'chai';
import { type Candidate, categorize } from '../../../proxy/model/categorize.ts';
import type { NodeRecord } from '../../../proxy/model/records.ts';

const node: NodeRecord = { name: 'n1', addresses: [], podCIDRs: [], zone: 'z1', leaving: false };

/** `a ready local zone=z1 node=n1 serving terminating`: the name, then what is true of it. */
function candidate(text: string): Candidate {
  const [address = '', ...words] = text.split(' ');
  const values = (key: string) =>
    words.flatMap((word) => (word.startsWith(`${key}=`) ? [word.slice(5)] : []));
  const ready = words.includes('ready');
  return {
    address,
    port: 80,
    local: words.includes('local'),
    maybeLocal: words.includes('local'),
    ready,
    serving: ready || words.includes('serving'),
    terminating: words.includes('terminating'),
    zoneHints: values('zone'),
    nodeHints: values('node'),
  };
}

const cases: { what: string; given: string[]; cluster: string; local: string; any: boolean }[] = [
  { what: 'nothing at all', given: [], cluster: '', local: '', any: false },
  { what: 'ready ones', given: ['a ready local', 'b ready'], cluster: 'a b', local: 'a', any: true },
  { what: 'one not ready', given: ['a local', 'b ready'], cluster: 'b', local: '', any: true },
  { what: 'only not ready', given: ['a local', 'b'], cluster: '', local: '', any: false },
  {
    what: 'ready hides terminating',
    given: ['a serving terminating local', 'b ready'],
    cluster: 'b',
    local: 'a',
    any: true,
  },
  {
    what: 'terminating that serves, where nothing is ready',
    given: ['a serving terminating', 'b terminating'],
    cluster: 'a',
    local: '',
    any: true,
  },
  {
    what: 'serving but not terminating is not ready',
    given: ['a serving'],
    cluster: '',
    local: '',
    any: false,
  },
  { what: 'zone hints', given: ['a ready zone=z1', 'b ready zone=z2'], cluster: 'a', local: '', any: true },
  { what: 'one hint missing', given: ['a ready zone=z1', 'b ready'], cluster: 'a b', local: '', any: true },
  {
    what: 'no hint for us',
    given: ['a ready zone=z2', 'b ready zone=z3'],
    cluster: 'a b',
    local: '',
    any: true,
  },
  {
    what: 'a hint missing on one that is not ready does not matter',
    given: ['a ready zone=z1', 'b', 'c ready zone=z2'],
    cluster: 'a',
    local: '',
    any: true,
  },
  {
    what: 'node hints before zone hints',
    given: ['a ready zone=z1 node=n1', 'b ready zone=z1 node=n2'],
    cluster: 'a',
    local: '',
    any: true,
  },
  {
    what: 'no node hint for us: zone hints',
    given: ['a ready zone=z1 node=n3', 'b ready zone=z2 node=n2'],
    cluster: 'a',
    local: '',
    any: true,
  },
  {
    what: 'policy Local takes no notice of hints',
    given: ['a ready local zone=z2', 'b ready zone=z1'],
    cluster: 'b',
    local: 'a',
    any: true,
  },
];

describe('which endpoints a node may use', () => {
  for (const { what, given, cluster, local, any } of cases) {
    it(what, () => {
      const found = categorize(given.map(candidate), node);
      const names = (list: readonly Candidate[]) => list.map(({ address }) => address).join(' ');
      expect({ cluster: names(found.cluster), local: names(found.local), any: found.hasAny }).to.eql({
        cluster,
        local,
        any,
      });
    });
  }

  it('takes no notice of zone hints on a node without a zone', () => {
    const found = categorize([candidate('a ready zone=z1'), candidate('b ready zone=z2')], {
      ...node,
      zone: '',
    });
    expect(found.cluster).to.have.length(2);
  });
});
