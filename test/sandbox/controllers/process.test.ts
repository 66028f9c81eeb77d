import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { repositoryRoot } from '../../../lib/root.ts';
import { startApi, type TestApi } from '../apiserver/start-api.ts';

describe('the processes of controllers and DNS', function () {
  this.timeout(30_000);
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  /** Starts a component, waits for a line of its log, ends it with SIGTERM; resolves with its exit code. */
  async function startAndEnd(line: string, component: string, ...flags: string[]): Promise<number | null> {
    const args = ['--import', 'tsx', 'sandbox/main.ts', component, ...flags];
    const child = spawn(process.execPath, args, {
      cwd: repositoryRoot(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      const seen: string[] = [];
      for await (const text of createInterface({ input: child.stderr })) {
        seen.push(text);
        if (text.includes(`"msg":"${line}"`)) break;
      }
      expect(seen.join('\n')).to.include(line);
      const exit = once(child, 'exit') as Promise<[number | null]>;
      child.kill('SIGTERM');
      const [code] = await exit;
      return code;
    } finally {
      child.kill('SIGKILL');
    }
  }

  it('the controllers start with the rights of kube-controller-manager and end cleanly', async () => {
    const kubeconfig = await api.kubeconfigFor('system:kube-controller-manager', ['system:masters']);
    expect(await startAndEnd('controllers started', 'controllers', `--kubeconfig=${kubeconfig}`)).to.equal(0);
  });

  it('the DNS server starts with the rights of system:dns and ends cleanly', async () => {
    const kubeconfig = await api.kubeconfigFor('system:dns');
    const ports = ['--listen-address=127.0.0.1', '--port=0', '--health-port=0', '--ready-port=0'];
    expect(await startAndEnd('all records read', 'dns', `--kubeconfig=${kubeconfig}`, ...ports)).to.equal(0);
  });
});
