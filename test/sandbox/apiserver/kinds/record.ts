import { writeFileSync } from 'node:fs';
import { goldenFile, loadGroups } from './case.ts';
import { normalize } from './normalize.ts';
import { RealServer } from './real-server.ts';

/**
 * Writes the expectations of golden.test.ts anew, from a real API server:
 * `node --import tsx test/sandbox/apiserver/kinds/record.ts https://127.0.0.1:6444 TOKEN`.
 */
const [url = '', token = ''] = process.argv.slice(2);
const server = new RealServer(url, token);
await server.prepare();
for (const group of loadGroups(Date.now())) {
  const golden: Record<string, unknown> = {};
  for (const given of group.cases) golden[given.title] = normalize(await server.play(group, given), given);
  writeFileSync(goldenFile(group), `${JSON.stringify(golden, null, 1)}\n`);
  process.stdout.write(`${group.file}: ${group.cases.length}\n`);
}
