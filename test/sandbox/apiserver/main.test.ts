import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Credentials } from '../../../lib/kube/credentials.ts';
import { waitFor } from '../../../lib/wait.ts';
import { createAuthority, issue } from '../../../sandbox/pki/authority.ts';
import { buildSchema } from '../../../scripts/build/schema.ts';
import { ask } from './ask.ts';

const entry = join(import.meta.dirname, '../../../sandbox/main.ts');
const maps = '/api/v1/namespaces/default/configmaps';

describe('the API server as a process', () => {
  let folder: string;
  let port: number;
  let admin: Credentials;
  let flags: string[];
  const children: ChildProcess[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'api-'));
    const at = (name: string) => join(folder, name);
    const authority = await createAuthority();
    const serving = await issue(authority, {
      commonName: 'kube-apiserver',
      names: ['127.0.0.1', 'localhost'],
    });
    const person = await issue(authority, { commonName: 'me', groups: ['system:masters'] });
    port = await freePort();
    admin = { server: `https://127.0.0.1:${port}`, ca: authority.cert, ...person };
    writeFileSync(at('ca.crt'), authority.cert);
    writeFileSync(at('server.crt'), serving.cert);
    writeFileSync(at('server.key'), serving.key, { mode: 0o600 });
    writeFileSync(at('tokens.csv'), 'secret-token,someone,1,"system:masters,others"\n', { mode: 0o600 });
    await buildSchema({ outFile: at('schema.json') });
    flags = [
      ...['--bind-address', '127.0.0.1', '--secure-port', String(port), '--listen-socket', at('api.sock')],
      ...['--tls-cert-file', at('server.crt'), '--tls-private-key-file', at('server.key')],
      ...[
        '--client-ca-file',
        at('ca.crt'),
        '--token-auth-file',
        at('tokens.csv'),
        '--schema-file',
        at('schema.json'),
      ],
      ...['--service-cluster-ip-range', '10.96.0.0/16', '--service-node-port-range', '31000-31999'],
      ...['--advertise-address', '192.0.2.7', '--data-dir', at('data')],
    ];
  });
  after(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function start(args: string[]): { child: ChildProcess; output: () => string } {
    const child = spawn(process.execPath, ['--import', 'tsx', entry, 'apiserver', ...args], {
      stdio: 'pipe',
    });
    children.push(child);
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    return { child, output: () => text };
  }

  const ready = () =>
    waitFor(async () => (await ask(admin, 'GET', '/readyz')).text === 'ok', {
      what: 'readiness',
      timeoutMs: 20_000,
    });

  it('keeps what it acknowledged when it is killed, and ends cleanly on SIGTERM', async () => {
    const first = start(flags);
    await ready();
    for (let i = 0; i < 20; i++) {
      const body = JSON.stringify({ metadata: { name: `m${i}` } });
      expect((await ask(admin, 'POST', maps, { body })).code).to.equal(201);
    }
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = start(flags);
    await ready();
    expect((await ask(admin, 'GET', maps)).json.items).to.have.length(20);
    const watching = ask(admin, 'GET', `${maps}?watch=1`);
    const service = (await ask(admin, 'GET', '/api/v1/namespaces/default/services/kubernetes')).json;
    expect(service.spec.clusterIP).to.equal('10.96.0.1');
    const { server } = admin;
    const byToken = await ask({ server, ca: admin.ca, token: 'secret-token' }, 'GET', maps, {
      socketPath: join(folder, 'api.sock'),
    });
    expect(byToken.code).to.equal(200);
    expect(statSync(join(folder, 'api.sock')).mode & 0o077).to.equal(0);
    expect(statSync(join(folder, 'data')).mode & 0o077).to.equal(0);
    second.child.kill('SIGTERM');
    const [code] = (await once(second.child, 'exit')) as [number];
    expect(code).to.equal(0);
    expect((await watching).text).to.contain('"ADDED"');
    expect(second.output()).to.not.match(/Warning|Error/);
  });

  it('says in a sentence what is wrong with its flags', async () => {
    const without = (name: string) => flags.filter((flag, i) => flag !== name && flags[i - 1] !== name);
    const rows: [string[], string | RegExp][] = [
      [
        ['--bogus'],
        /^could not start the API server: there is no flag --bogus. Try: one of --bind-address, /,
      ],
      [without('--data-dir'), 'could not start the API server: --data-dir is missing\n'],
      [
        [...flags, '--service-node-port-range', '9-1'],
        'could not use --service-node-port-range 9-1: it must look like 30000-32767\n',
      ],
      [
        [...flags, '--tls-cert-file', '/nowhere'],
        "could not read a certificate or key: ENOENT: no such file or directory, open '/nowhere'\n",
      ],
    ];
    await Promise.all(
      rows.map(async ([args, text]) => {
        const { child, output } = start(args);
        const [code] = (await once(child, 'close')) as [number];
        if (typeof text === 'string') expect(output()).to.equal(text);
        else expect(output()).to.match(text);
        expect(code).to.equal(2);
      }),
    );
  });

  it('says so when its port is taken', async () => {
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const { child, output } = start(flags);
    const [code] = (await once(child, 'close')) as [number];
    squatter.close();
    expect(output()).to.match(/^could not listen on 127.0.0.1:\d+: listen EADDRINUSE/);
    expect(code).to.equal(3);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address ? address.port : 0;
}
