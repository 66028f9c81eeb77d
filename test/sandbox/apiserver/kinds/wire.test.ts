import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { startApi, type TestApi } from '../start-api.ts';
import type { Json } from './case.ts';
import { goldenFile, loadGroups } from './case.ts';
import { normalize, withoutAccount } from './normalize.ts';
import { RealServer } from './real-server.ts';

/** The same cases, through our whole API server: decoding, the store and the encoding of answers too. */
describe('the API server answers as kube-apiserver does', function () {
  this.timeout(60_000);
  const token = 'admintoken';
  let api: TestApi;
  let server: RealServer;
  let loaded = { at: Number.NEGATIVE_INFINITY, groups: loadGroups(Date.now()) };

  /** Ages are told in the server's own time, by the minute: cases of half a minute ago are too old. */
  function freshGroups() {
    const now = Date.now();
    if (now - loaded.at > 20_000) loaded = { at: now, groups: loadGroups(now) };
    return loaded.groups;
  }

  before(async () => {
    const admin = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
    api = await startApi({ tokens: new Map([[token, admin]]) });
    server = new RealServer(api.url, token);
    await server.prepare();
  });

  after(async () => {
    await api.close();
  });

  for (const [groupAt, group] of loaded.groups.entries()) {
    const golden = JSON.parse(readFileSync(goldenFile(group), 'utf8')) as Json;
    describe(group.plural, () => {
      for (const [caseAt, { title }] of group.cases.entries()) {
        it(title, async () => {
          const fresh = freshGroups()[groupAt];
          const given = fresh?.cases[caseAt];
          if (!given) throw new TypeError(`no case ${title}`);
          const answer = normalize(await server.play(fresh, given), given);
          expect(withoutAccount(answer)).to.deep.equal(golden[title]);
        });
      }
    });
  }
});
