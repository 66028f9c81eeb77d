import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { startClient } from '../steps/pods.ts';
import { type Look, until } from '../steps/until.ts';

export const names: Check = {
  claims: ['S-08'],
  title: 'my-service resolves inside its namespace, my-service.my-ns elsewhere, to the cluster IP',
  look: '/etc/resolv.conf in the pods of both namespaces; nslookup there; the pods of the DNS in kube-system',
  async run(lab) {
    const elsewhere = await lab.anotherNamespace('elsewhere');
    await startClient(lab, 'debug', { namespace: elsewhere });
    const address = await clusterIpOf(lab, 'my-service');
    const qualified = `my-service.${lab.namespace}`;
    const full = `${qualified}.svc.${lab.cluster.domain}`;

    await answersAt(lab, 'my-service', lab.namespace, address);
    await answersAt(lab, qualified, elsewhere, address);
    const looked = await lookUp(lab, full, elsewhere);
    expect(looked, `the address that nslookup gives for ${full}`).to.equal(address);
    const bare = await connects(lab, 'my-service', elsewhere);
    expect(bare.address, 'the address of the bare name my-service in another namespace').to.equal(undefined);
    lab.seen(`my-service and ${qualified} are ${address}; the bare name is unknown elsewhere`);
  },
};

/** Waits a moment for the name: the DNS learns of a Service from the API, as everyone does. */
async function answersAt(lab: Lab, name: string, namespace: string, address: string): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const tried = await connects(lab, name, namespace);
      if (tried.address === address && tried.answered) return { found: true };
      return {
        yet: tried.address === undefined ? tried.text : `it resolves to ${tried.address}: ${tried.text}`,
      };
    },
    { expected: `${name} to be ${address} and to answer, in a pod of ${namespace}`, timeoutMs: 5000 },
  );
}

/** busybox's wget says on its standard error which address a name has: `Connecting to my-service (172.17.3.4:80)`. */
export async function connects(lab: Lab, name: string, namespace: string, path = '/') {
  const argv = ['timeout', '3', 'wget', '-O', '-', `http://${name}${path}`];
  const { stdout, stderr, exitCode } = await lab.inPod('debug', argv, { namespace });
  const [, address] = /Connecting to \S+ \(([\d.]+):\d+\)/.exec(stderr) ?? [];
  const text = lastLine(stderr) ?? lastLine(stdout) ?? 'no answer within 3 s';
  return { address, answered: exitCode === 0, text };
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}

async function lookUp(lab: Lab, name: string, namespace: string): Promise<string | undefined> {
  const { stdout } = await lab.inPod('debug', ['timeout', '5', 'nslookup', name], { namespace });
  const answer = stdout.slice(Math.max(0, stdout.indexOf('Name:')));
  return /Address[^:]*:\s*([\d.]+)/.exec(answer)?.[1];
}
