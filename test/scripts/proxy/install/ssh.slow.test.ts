import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { run } from '../../../../lib/exec.ts';
import { resources } from '../../../../lib/kube/resources.ts';
import { repositoryRoot } from '../../../../lib/root.ts';
import { runCommandLine } from '../../../../scripts/cli/command-line.ts';
import { startApi, type TestApi } from '../../../sandbox/apiserver/start-api.ts';
import { type Machine, startMachine } from './machine.ts';

const canServeSsh = process.getuid?.() === 0 && existsSync('/usr/sbin/sshd');

/** The command as people type it, over a real ssh, whose server only root can run. */
const suite = function (this: Mocha.Suite) {
  this.timeout(120_000);

  let folder: string;
  let api: TestApi;
  let machine: Machine;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/install-ssh-`);
    for (const name of ['host', 'user']) {
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${folder}/${name}`]);
    }
    const config = `Port 22
ListenAddress 127.0.0.1
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/user.pub
PidFile none
StrictModes no
`;
    writeFileSync(`${folder}/sshd_config`, config);
    api = await startApi();
    machine = await startMachine(folder, api.socket);
    const [, type, key] = /^(\S+) (\S+)/.exec(readFileSync(`${folder}/host.pub`, 'utf8')) ?? [];
    writeFileSync(`${folder}/known_hosts`, `192.0.2.11 ${type} ${key}\n`);
    const into = machine.enter.filter((word) => word !== '--mount' && word !== '--pid').join(' ');
    const ssh = `Host worker-node01
User root
IdentityFile ${folder}/user
UserKnownHostsFile ${folder}/known_hosts
ProxyCommand ${into} busybox nc 127.0.0.1 22
`;
    writeFileSync(`${folder}/ssh_config`, ssh);
    await api.client.create(resources.nodes, { metadata: { name: 'worker-node01' } });
    const status = { addresses: [{ type: 'InternalIP', address: '192.0.2.11' }] };
    const options = { type: 'merge', subresource: 'status' } as const;
    await api.client.patch(resources.nodes, { name: 'worker-node01' }, { status }, options);
    writeFileSync(`${folder}/ca.crt`, api.authority.cert);
    writeFileSync(`${folder}/ca.key`, api.authority.key, { mode: 0o600 });
  });

  after(async () => {
    await machine?.close();
    await api?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function workshop(...argv: string[]) {
    const said = { out: [] as string[], err: [] as string[] };
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
    const flags = ['--kubeconfig', api.kubeconfig, '--ssh-config', `${folder}/ssh_config`];
    const code = await runCommandLine([...argv.slice(0, end), ...flags, ...argv.slice(end)], {
      stdout: { write: (text) => said.out.push(text) },
      stderr: { write: (text) => said.err.push(text) },
      env: { ...process.env, WORKSHOP_STATE_DIR: `${folder}/state` },
    });
    return { code, out: said.out.join(''), err: said.err.join('') };
  }
  const authority = () => ['--ca-cert', `${folder}/ca.crt`, '--ca-key', `${folder}/ca.key`];
  const server = ['--server', 'https://127.0.0.1:6443'];

  it('installs, says so, and takes it away again', async () => {
    const first = await workshop('proxy', 'install', ...server, ...authority());
    expect(first, first.err).to.include({ code: 0 });
    expect(first.out).to.match(/worker-node01 +installed/);
    expect((await workshop('proxy', 'install', ...server, ...authority())).out).to.match(
      /worker-node01 +unchanged/,
    );
    expect(await machine.shell('ls /etc/workshop-proxy')).to.equal('config.yaml\nkubeconfig\n');
    expect((await workshop('proxy', 'uninstall')).out).to.match(/worker-node01 +removed/);
    expect(await machine.shell('ls /etc/workshop-proxy 2>/dev/null')).to.equal('');
  });

  it('is the way to the nodes of a cluster that the workshop did not make, too', async () => {
    const own = readFileSync(`${repositoryRoot()}/settings.yaml`, 'utf8').split('\n');
    const others = own.filter((line) => !/master-node|worker-node|loadBalancers/.test(line)).join('\n');
    const nodes = 'nodes: [{ name: worker-node01, address: 192.0.2.11 }]';
    const text = others.replace('nodes:', nodes).replace('192.168.56.0/24', '192.0.2.0/24');
    writeFileSync(`${folder}/settings.yaml`, text);
    const settings = ['--settings', `${folder}/settings.yaml`];
    const table = ['nft', 'add', 'table', 'ip', 'a_table'];
    expect(await workshop('ssh', 'worker-node01', ...settings, '--', ...table)).to.include({ code: 0 });
    expect(await workshop('ssh', 'worker-node01', '--', 'sh', '-c', 'exit 7')).to.include({ code: 7 });
    const rules = await workshop('proxy', 'rules', 'worker-node01');
    expect(rules.out, rules.err).to.contain('table ip a_table');
    const known = readFileSync(`${folder}/known_hosts`);
    writeFileSync(`${folder}/known_hosts`, '');
    const { code, err } = await workshop('proxy', 'rules', 'worker-node01');
    writeFileSync(`${folder}/known_hosts`, known);
    expect(err).to.contain('could not reach worker-node01: Host key verification failed');
    expect(code).to.equal(3);
  });

  it('names the node whose key is not the known one', async () => {
    writeFileSync(`${folder}/known_hosts`, '');
    const { code, err } = await workshop('proxy', 'install', ...server, ...authority());
    expect(code).to.equal(3);
    expect(err).to.include('could not work on worker-node01 (192.0.2.11): Host key verification failed');
  });

  it('says which node a cluster does not have', async () => {
    const { code, err } = await workshop('proxy', 'install', 'worker-node1', ...server);
    expect(code).to.equal(2);
    expect(err).to.include('could not find the node worker-node1;');
  });
};

if (canServeSsh) describe('workshop proxy install over ssh', suite);
