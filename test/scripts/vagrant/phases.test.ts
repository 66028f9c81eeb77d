import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { machineEnvironment } from '../../../lib/cluster/vagrant/machine-environment.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { loadSettings, parseSettings } from '../../../lib/settings/load.ts';
import { waitFor } from '../../../lib/wait.ts';
import { publicKeyHash } from '../../../scripts/up/vagrant/control-plane.ts';
import { lastWords, runLogged } from '../../../scripts/up/vagrant/logged.ts';
import { phases, phasesFrom } from '../../../scripts/up/vagrant/phases.ts';
import { onEach } from '../../../scripts/up/vagrant/provision.ts';
import { fingerprint } from '../../../scripts/up/vagrant/scripts.ts';

const committed = readFileSync(join(repositoryRoot(), 'settings.yaml'), 'utf8');

describe('up with virtual machines', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'up-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('goes through its phases in this order', () => {
    expect(phases.map(({ name }) => name).join(' ')).to.equal(
      'preflight bundle network machines provision control-plane join proxy load-balancer dns ready',
    );
  });

  it('begins where it is told to, and knows no other phase', () => {
    expect(phasesFrom('dns').map(({ name }) => name)).to.deep.equal(['dns', 'ready']);
    expect(() => phasesFrom('jion')).to.throw(/did you mean join/);
  });

  it('names the authority as openssl and kubeadm do', () => {
    const at = (name: string) => join(folder, name);
    const openssl = (...args: string[]) =>
      execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=k',
      '-keyout',
      at('key'),
      '-out',
      at('crt'),
    );
    writeFileSync(at('pub'), openssl('x509', '-in', at('crt'), '-pubkey', '-noout'));
    openssl('pkey', '-pubin', '-in', at('pub'), '-outform', 'der', '-out', at('der'));
    const sum = execFileSync('sha256sum', [at('der')], { encoding: 'utf8' }).slice(0, 64);
    expect(publicKeyHash(readFileSync(at('crt'), 'utf8'))).to.equal(`sha256:${sum}`);
  });

  it('tells each machine of itself and of the others', () => {
    expect(machineEnvironment(loadSettings(), 'worker-node01')).to.include({
      NODE_IP: '192.168.56.11',
      NODE_PODS: '172.16.1.0/24',
      MASTER_IP: '192.168.56.10',
    });
  });

  it('does a script again when it or what it is told has changed', () => {
    expect(fingerprint('node.sh', { A: '1', B: '2' })).to.equal(fingerprint('node.sh', { B: '2', A: '1' }));
    expect(fingerprint('node.sh', { A: '1' })).not.to.equal(fingerprint('node.sh', { A: '2' }));
    expect(fingerprint('node.sh', {})).not.to.equal(fingerprint('join.sh', {}));
  });

  it('brings all machines to an end when one fails, and tells of each failure', async () => {
    const done: string[] = [];
    const work = async (machine: string) => {
      await Promise.resolve();
      if (machine !== 'b') throw new Error(`${machine} failed`);
      done.push(machine);
    };
    const error = await onEach(['a', 'b', 'c'], work).catch((thrown: unknown) => thrown);
    expect(done).to.deep.equal(['b']);
    expect((error as Error).message).to.equal('a failed; c failed');
  });

  describe('a long command', () => {
    const options = (what: string) => ({ log: join(folder, 'logs', 'x.log'), what });

    it('leaves its output in a log that is for this user alone', async () => {
      await runLogged(['sh', '-c', 'cat; echo there >&2'], { ...options('speak'), input: 'here\n' });
      expect(readFileSync(join(folder, 'logs', 'x.log'), 'utf8')).to.match(/--- .* speak\nhere\nthere\n/);
      expect(
        execFileSync('stat', ['-c', '%a', join(folder, 'logs', 'x.log')], { encoding: 'utf8' }),
      ).to.equal('600\n');
    });

    it('says what it said last, and where the rest is', async () => {
      const error = await runLogged(
        ['sh', '-c', 'echo Error: no space left; exit 7'],
        options('speak'),
      ).catch(String);
      expect(error).to.contain('could not speak (7): Error: no space left');
    });

    it('is interrupted with all that it started', async () => {
      const stop = new AbortController();
      const script = `trap 'kill $!; wait; echo interrupted; exit 130' INT; echo begun >${folder}/begun; sleep 60 & wait`;
      const run = runLogged(['sh', '-c', script], { ...options('wait'), signal: stop.signal });
      await waitFor(() => readFileSafely(join(folder, 'begun')), { what: 'the command', timeoutMs: 10_000 });
      stop.abort();
      expect(await run.catch((error: Error) => error.name)).to.equal('AbortError');
      expect(readFileSync(join(folder, 'logs', 'x.log'), 'utf8')).to.contain('interrupted');
    });
  });

  it("finds the fault among Vagrant's words", () => {
    const text =
      "Progress: 10%\rProgress: 90%\n==> a: Starting domain.\nCall to x failed: no space\n/usr/lib/x.rb:7:in `create'\n";
    expect(lastWords(text)).to.equal('Call to x failed: no space');
    expect(lastWords('')).to.equal('');
  });
});

describe('settings of virtual machines', () => {
  it('have defaults that fit a laptop', () => {
    const text = committed.slice(0, committed.indexOf('# The machines of'));
    expect(parseSettings(text, 'x').vagrant).to.deep.equal(loadSettings().vagrant);
    expect(loadSettings().vagrant).to.deep.include({
      provider: 'libvirt',
      master: { memory: 4096, cpus: 2 },
    });
  });

  it('may have the line ends of Windows', () => {
    expect(parseSettings(committed.replaceAll('\n', '\r\n'), 'x')).to.deep.equal(
      parseSettings(committed, 'x'),
    );
  });

  const faults: [what: string, from: string, to: string, message: string][] = [
    [
      'an unknown provider',
      'provider: libvirt',
      'provider: virtualbx',
      'vagrant.provider: virtualbx is none of',
    ],
    [
      'too little memory',
      'memory: 2048',
      'memory: 512',
      'vagrant.workers.memory: must be a whole number from 1700, not 512',
    ],
    [
      'memory in words',
      'memory: 4096',
      'memory: 4G',
      'vagrant.master.memory: must be a whole number from 1700, not "4G"',
    ],
    ['a box that is no name', 'box: auto', 'box: a b', 'vagrant.box: "a b" is not the name of a box'],
    [
      'an unknown field',
      '  driver: auto',
      '  drivr: auto',
      'vagrant.drivr: unknown field; did you mean driver?',
    ],
  ];
  for (const [what, from, to, message] of faults) {
    it(`refuse ${what} and name the field`, () => {
      expect(() => parseSettings(committed.replace(from, to), 'x')).to.throw(message);
    });
  }
});

function readFileSafely(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
