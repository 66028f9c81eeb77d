import { connect, createServer, type Server } from 'node:net';

/** Listens on that port of all addresses; tells each client the address that it has reached. */
export async function serveAddresses(port: number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(socket.localAddress ?? '');
  });
  await new Promise<void>((resolve) => server.listen(port, '0.0.0.0', 4096, resolve));
  return server;
}

/** The address that answers a connection to this one; undefined when none does in that time. */
export function answerFrom(address: string, port: number, timeoutMs = 1000): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, address);
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += String(chunk);
      // Without TIME_WAIT, whose ports a fast client would soon meet again.
      socket.resetAndDestroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text === '' ? undefined : text));
  });
}

/** Makes so many connections to these in turn, some at once, each until its answer is there. Resolves with how many went through in a second. */
export async function connectionsPerSecond(
  addresses: readonly string[],
  port: number,
  count: number,
): Promise<number> {
  const started = performance.now();
  let left = count;
  let failures = 0;
  const one = async () => {
    while (left-- > 0) {
      const address = addresses[left % addresses.length] ?? '';
      // Each costs its second, which the rate then shows.
      if ((await answerFrom(address, port)) === undefined) failures++;
      if (failures > count / 100) throw new Error(`could not connect to ${address}: ${failures} failed`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return count / ((performance.now() - started) / 1000);
}

const atOnce = 8;
