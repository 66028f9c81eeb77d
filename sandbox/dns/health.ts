import { createServer } from 'node:http';
import type { Listener } from './udp-server.ts';

/** Serves one path that says `OK` while `isWell`, 503 otherwise, as CoreDNS' plugins health and ready do. */
export function listenHealth(
  path: string,
  isWell: () => boolean,
  address: string,
  port: number,
): Promise<Listener> {
  const server = createServer((request, response) => {
    const known = request.url === path;
    response.statusCode = known ? (isWell() ? 200 : 503) : 404;
    response.end(known ? (isWell() ? 'OK' : 'not ready') : 'not found');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound ? bound.port : port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
