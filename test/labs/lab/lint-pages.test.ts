import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { deadPages } from '../../../scripts/lab/lint-pages.ts';

describe('workshop lab lint --online', () => {
  let server: Server;
  let site: string;

  before(async () => {
    server = createServer((request, response) => {
      response.statusCode = request.url === '/gone' ? 404 : 200;
      response.end('<h2 id="first">1</h2><h2 class=x id=second>2</h2><h2 id="third-place">3</h2>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const asked = async (...pages: string[]) => {
    const places = new Map(pages.map((page) => [page, 'labs/x']));
    return (await deadPages(places, AbortSignal.timeout(10_000))).map(({ message }) => message);
  };

  it('finds pages that are gone, places that are not in them, and hosts that do not answer', async () => {
    const pages = ['/', '/#first', '/#second', '/#third', '/gone', '/gone#first'].map((path) => site + path);
    expect(await asked(...pages, 'http://127.0.0.1:1/')).to.deep.equal([
      `${site}/#third: it has no place #third`,
      `${site}/gone: it answers 404`,
      `${site}/gone#first: it answers 404`,
      'http://127.0.0.1:1/: bad port',
    ]);
  });

  it('blames the network, not the links, when no page can be reached', async () => {
    server.closeAllConnections();
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const error = await asked(`http://127.0.0.1:${port}/`).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.include({ fault: 'environment' });
    expect(String(error)).to.contain('could not reach any of 1 linked pages: ECONNREFUSED');
  });
});
