import { expect } from 'chai';
import { type ProxyPath, proxyQuestion } from '../../../lib/cluster/proxy-question.ts';
import { run } from '../../../lib/exec.ts';

type Stage = Partial<Record<ProxyPath, readonly [code: number, body: string]>>;

describe('asking the proxy of a node', () => {
  const paths = ['proxyMode', 'healthz', 'metrics'] as const;

  /** What comes back in a network namespace where a proxy answers so; to what is not in the stage it never answers. */
  async function asked(stage: Stage, tools = '') {
    const { argv, answers } = proxyQuestion(paths, 0.3);
    const own = ['--user', '--map-root-user', '--net', 'sh', '-c', upAnd, 'sh'];
    const program = [process.execPath, '--input-type=module', '--eval', server];
    const words = [...own, ...program, JSON.stringify(stage), tools, ...argv];
    const { stdout } = await run('unshare', words, { timeoutMs: 20_000 });
    return answers(stdout);
  }

  const metrics = 'a 1\nb{c="d"} 2';
  const well: Stage = {
    proxyMode: [200, 'nftables'],
    healthz: [200, '{}\n'],
    metrics: [200, `${metrics}\n`],
  };

  for (const [name, tools] of [
    ['curl', ''],
    ['BusyBox', 'busybox sh timeout'],
    ['wget', 'wget sh timeout'],
  ] as const) {
    it(`gives each answer with ${name}`, async () => {
      expect(await asked(well, tools)).to.deep.equal({ proxyMode: 'nftables', healthz: '{}', metrics });
    });

    it(`leaves out an error with ${name}, whatever its words`, async () => {
      const sick: Stage = { ...well, healthz: [503, '{"lastUpdated":"now"}'] };
      expect(await asked(sick, tools)).to.deep.equal({ proxyMode: 'nftables', metrics });
    });

    it(`leaves out what does not come in time with ${name}`, async () => {
      const slow: Stage = { proxyMode: [200, 'ipvs'] };
      expect(await asked(slow, tools)).to.deep.equal({ proxyMode: 'ipvs' });
    });
  }

  it('has nothing where no command ran', () => {
    expect(proxyQuestion(paths, 1).answers('')).to.deep.equal({});
  });

  it('has as much more patience as the cluster is slower', () => {
    expect(proxyQuestion(paths, 1).argv).to.include('3');
    expect(proxyQuestion(paths, 6).argv).to.include('18');
  });

  const upAnd = 'ip link set lo up && exec "$@"';

  const server = `
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
const [stage, tools, ...argv] = process.argv.slice(1);
const answers = JSON.parse(stage);
const serve = ({ url }, response) => {
  const [code, body] = answers[url.slice(1)] ?? [];
  if (code) response.writeHead(code).end(body);
};
for (const port of [10249, 10256]) await new Promise((up) => createServer(serve).listen(port, '127.0.0.1', up));
const folder = mkdtempSync('/tmp/tools-');
for (const tool of tools.split(' ').filter(Boolean)) symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), folder + '/' + tool);
const env = tools ? { PATH: folder } : process.env;
spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'inherit', 'inherit'], env }).on('close', (code) => {
  rmSync(folder, { recursive: true });
  process.exit(code);
});`;
});
