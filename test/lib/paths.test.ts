import { expect } from 'chai';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';

describe('paths', () => {
  const cases: [Record<string, string>, string][] = [
    [{ WORKSHOP_STATE_DIR: '/a/b', XDG_STATE_HOME: '/x', HOME: '/h' }, '/a/b'],
    [{ XDG_STATE_HOME: '/x', HOME: '/h' }, '/x/workshop'],
    [{ HOME: '/h' }, '/h/.local/state/workshop'],
  ];
  for (const [env, expected] of cases) {
    it(`keeps state in ${expected} with ${Object.keys(env).join(', ')}`, () =>
      expect(stateFolder(env)).to.equal(expected));
  }

  it('puts sockets beside the rest when their names fit', () => {
    const paths = clusterPaths('one', '/state');
    expect(paths.apiSocket).to.equal('/state/one/apiserver.sock');
  });

  it('puts them into a short folder when the kernel would cut them off', () => {
    const paths = clusterPaths('one', `/${'long/'.repeat(30)}`);
    expect(Buffer.byteLength(paths.apiSocket)).to.be.lessThan(108);
    expect(paths.controlSocket.startsWith(`${paths.sockets}/`)).to.equal(true);
    expect(clusterPaths('two', `/${'long/'.repeat(30)}`).sockets).to.not.equal(paths.sockets);
  });
});
