import { expect } from 'chai';
import type { Pod } from '../../../sandbox/node/pods/pod.ts';
import { startCluster, type TestCluster } from '../node/cluster.ts';

const isReady = (pod: Pod) =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');

describe('the images, as containers', function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  const addresses = new Map<string, string>();

  const shell = async (script: string): Promise<string> => {
    const { stdout } = await cluster.kubectl(['exec', 'client', '--', 'sh', '-c', script]);
    return stdout;
  };
  const at = (pod: string) => addresses.get(pod) ?? '';

  before(async () => {
    cluster = await startCluster();
    const pods: [string, object][] = [
      ['client', { image: 'docker.io/busybox', command: ['sleep', '1000'] }],
      ['redis', { image: 'redis', readinessProbe: { tcpSocket: { port: 6379 } } }],
      ['mysql', { image: 'mysql:5.7', readinessProbe: { tcpSocket: { port: 3306 } } }],
      [
        'echo',
        {
          image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
          args: ['netexec', '--http-port=80', '--udp-port=80'],
          readinessProbe: { httpGet: { port: 80, path: '/healthz' } },
        },
      ],
      ['pause', { image: 'registry.k8s.io/pause:3.10' }],
      [
        'web',
        { image: 'docker.io/alicek106/rr-test:echo-hostname', readinessProbe: { httpGet: { port: 80 } } },
      ],
    ];
    for (const [name, container] of pods)
      await cluster.createPod(name, { containers: [{ name, ...container }] });
    for (const [name] of pods) {
      const pod = await cluster.podWhen(name, 'to be Ready', isReady, 20_000);
      addresses.set(name, pod.status?.podIP ?? '');
    }
  });

  after(async () => {
    await cluster?.close();
  });

  it('redis: keeps values for all its clients, over its own protocol', async () => {
    const script = `for line in 'PING' 'SET colour dark blue' 'SET a 1' 'INCR a' 'GET a' 'GET none' 'NOSUCH' 'QUIT'; do printf '%s\\r\\n' "$line"; done | nc ${at('redis')} 6379`;
    expect((await shell(script)).split('\r\n')).to.deep.equal([
      ...['+PONG', '+OK', '+OK', ':2', '$1', '2', '$-1', "-ERR unknown command 'NOSUCH'", '+OK', ''],
    ]);
    const array = `printf '*2\\r\\n$3\\r\\nGET\\r\\n$6\\r\\ncolour\\r\\n*1\\r\\n$4\\r\\nQUIT\\r\\n' | nc ${at('redis')} 6379`;
    expect(await shell(array)).to.equal('$4\r\ndark\r\n+OK\r\n');
    expect(await shell(`printf 'INFO\\r\\nQUIT\\r\\n' | nc ${at('redis')} 6379`)).to.include('stand-in');
    const cli = await cluster.kubectl(['exec', 'redis', '--', 'redis-cli', 'get', 'a']);
    expect(cli.stdout).to.equal('2\n');
  });

  it('mysql: greets with a handshake of protocol 10', async () => {
    const greeting = Buffer.from(
      (await shell(`nc ${at('mysql')} 3306 </dev/null | xxd -p | tr -d '\\n'`)).trim(),
      'hex',
    );
    expect(greeting.readUIntLE(0, 3)).to.equal(greeting.length - 4);
    expect([greeting[3], greeting[4]]).to.deep.equal([0, 10]);
    expect(greeting.toString('latin1'))
      .to.include('8.0.0-workshop-stand-in\0')
      .and.include('mysql_native_password\0');
  });

  it('echo: tells host name and client by HTTP and UDP on one port', async () => {
    expect(await shell(`wget -qO- http://${at('echo')}/hostname`)).to.equal('echo\n');
    expect(await shell(`wget -qO- http://${at('echo')}/clientip`)).to.match(
      new RegExp(`^${at('client')}:\\d+\n$`),
    );
    expect(await shell(`wget -qO- 'http://${at('echo')}/echo?msg=a+b%21'`)).to.equal('a b!\n');
    const { stdout } = await cluster.onNode('worker-node02', [
      process.execPath,
      '-e',
      `const s = require('node:dgram').createSocket('udp4');
       s.on('message', (m) => { process.stdout.write(String(m)); s.close(); });
       s.send('hostname', 80, '${at('echo')}');`,
    ]);
    expect(stdout).to.equal('echo\n');
  });

  it('rr-test: the documented line, and nothing after a failed request', async () => {
    expect(await shell(`wget -q -O - http://${at('web')} | grep Hello`)).to.equal(
      '\t<p>Hello,  web</p>\t</blockquote>\n',
    );
    expect(await shell(`wget -q -O - http://${at('web')}/nosuch; echo $?`)).to.equal('1\n');
  });

  it('busybox: wget keeps a time limit, however it is written', async () => {
    for (const flags of ['-T 1', '-T1', '-qT 1', '--timeout=1', '--timeout 1']) {
      expect(await shell(`wget ${flags} -qO- http://${at('web')}/cgi-bin/clientip`)).to.equal(
        `${at('client')}\n`,
      );
    }
    // Nobody has this address: without a limit, the kernel would try for two minutes.
    const late = `wget -T 1 -O - http://192.0.2.1/ 2>&1 | tail -1; echo end`;
    expect(await shell(late)).to.match(/^wget: .*\nend\n$/);
  });

  it('pause: ends at once when told to', async () => {
    const begun = performance.now();
    await cluster.kubectl(['delete', 'pod', 'pause', '--grace-period=30']);
    expect(performance.now() - begun).to.be.lessThan(10_000);
  });
});
