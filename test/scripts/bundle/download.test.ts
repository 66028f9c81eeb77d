import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { downloadProgram } from '../../../scripts/bundle/download.ts';
import { openLockFile } from '../../../scripts/bundle/lock-file.ts';
import { type BundleProgram, programs } from '../../../scripts/bundle/programs.ts';
import { releaseOf, sumIn } from '../../../scripts/bundle/releases.ts';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

describe('the release files of publishers', () => {
  const url = 'https://host/etcd-v3.6.6-linux-amd64.tar.gz';
  const sum = sha256('x');
  const texts: [string, string, string | undefined][] = [
    ['the sum alone', `${sum}\n`, sum],
    [
      'a list with others',
      `${sha256('y')}  etcd-v3.6.6-linux-arm64.tar.gz\n${sum}  etcd-v3.6.6-linux-amd64.tar.gz\n`,
      sum,
    ],
    ['a list with folders', `${sum} *./etcd-v3.6.6-linux-amd64.tar.gz`, sum],
    ['a list without it', `${sum}  etcd-v3.6.6-darwin-amd64.zip\n`, undefined],
    ['a page instead of sums', '<html>not found</html>', undefined],
  ];
  for (const [what, text, expected] of texts) {
    it(`have their sum read from ${what}`, () => expect(sumIn(text, url)).to.equal(expected));
  }

  it('are known for every program', () => {
    for (const program of programs) {
      const { url, sums } = releaseOf(program, 'arm64');
      expect(url).to.match(/^https:\/\/.*arm64/);
      expect(sums).to.match(/^https:\/\//);
    }
  });
});

describe('downloading a program', () => {
  let folder: string;
  let server: Server;
  let mirror: string;
  let asked: string[];
  const content = new Map<string, Buffer>();
  const kubectl = { path: 'bin/kubectl', part: 'kubernetes', package: '' } as BundleProgram;
  const kubectlUrl = releaseOf(kubectl, process.arch === 'x64' ? 'amd64' : process.arch).url;
  const pathOf = (url: string) => url.replace('https:/', '');

  before((done) => {
    server = createServer((request, response) => {
      const path = request.url ?? '';
      const [, from] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
      asked.push(from === undefined ? path : `${path} from ${from}`);
      const data = content.get(path);
      if (!data) return response.writeHead(404).end();
      if (from === undefined) return response.end(data);
      const range = `bytes ${from}-${data.length - 1}/${data.length}`;
      response.writeHead(206, { 'content-range': range }).end(data.subarray(Number(from)));
    });
    server.listen(0, '127.0.0.1', () => {
      mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });

  after(() => server.close());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'download-'));
    asked = [];
    content.clear();
    publish(kubectlUrl, Buffer.from('kubectl itself'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function publish(url: string, data: Buffer, sum = sha256(data)): void {
    content.set(pathOf(url), data);
    content.set(`${pathOf(url)}.sha256`, Buffer.from(sum));
  }

  const lock = () => openLockFile(join(folder, 'lock.json'));
  const get = (program: BundleProgram = kubectl) =>
    downloadProgram(program, folder, { lock: lock(), mirror });
  const failure = () =>
    get().then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  it('gives a file that can be run, and pins its sum', async () => {
    await get();
    expect(readFileSync(join(folder, 'bin/kubectl'), 'utf8')).to.equal('kubectl itself');
    expect(statSync(join(folder, 'bin/kubectl')).mode & 0o777).to.equal(0o755);
    expect(lock().sumOf(kubectlUrl)).to.equal(sha256('kubectl itself'));
  });

  it('does not ask again for what is there', async () => {
    await get();
    asked = [];
    await get();
    expect(asked).to.deep.equal([]);
  });

  it('goes on where it broke off', async () => {
    await get();
    const file = join(folder, 'downloads', 'kubectl');
    rmSync(file);
    writeFileSync(`${file}.part`, 'kubectl');
    asked = [];
    await get();
    expect(asked).to.deep.equal([`${pathOf(kubectlUrl)} from 7`]);
    expect(readFileSync(join(folder, 'bin/kubectl'), 'utf8')).to.equal('kubectl itself');
  });

  it('takes the member of an archive', async () => {
    const coredns = { path: 'bin/coredns', part: 'coredns', package: '' } as BundleProgram;
    writeFileSync(join(folder, 'coredns'), 'the server');
    await run('tar', ['-czf', join(folder, 'made.tgz'), '-C', folder, 'coredns']);
    const { url } = releaseOf(coredns, process.arch === 'x64' ? 'amd64' : process.arch);
    publish(url, readFileSync(join(folder, 'made.tgz')));
    await get(coredns);
    expect(readFileSync(join(folder, 'bin/coredns'), 'utf8')).to.equal('the server');
  });

  it('refuses a file with another sum than its publisher says', async () => {
    publish(kubectlUrl, Buffer.from('something else'), sha256('kubectl itself'));
    expect(await failure()).to.contain('its publisher says');
    expect(lock().sumOf(kubectlUrl)).to.equal(undefined);
  });

  it('refuses a file that the publisher has changed since, sums and all', async () => {
    await get();
    rmSync(join(folder, 'downloads'), { recursive: true });
    publish(kubectlUrl, Buffer.from('a newer build'));
    expect(await failure()).to.match(/lock\.json pins/);
  });

  it('says which file is not there', async () => {
    content.clear();
    expect(await failure()).to.contain('/kubectl.sha256');
  });
});

describe('the lock file of downloads', () => {
  it('refuses another sum for what is pinned, and a damaged file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lock-'));
    try {
      const file = join(folder, 'lock.json');
      openLockFile(file).pin('https://a', '1');
      expect(() => openLockFile(file).pin('https://a', '2')).to.throw('pins 1');
      writeFileSync(file, '{');
      expect(() => openLockFile(file)).to.throw('could not read');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
