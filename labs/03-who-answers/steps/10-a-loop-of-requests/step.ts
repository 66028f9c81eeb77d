import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import { fairnessP, tally } from '../../../statistics.ts';
import type { Step } from '../../../step.ts';
import { find } from '../../../steps/ensure.ts';
import { ipOf, nameOf, type Pod, podsWith } from '../../../steps/pods.ts';
import { choiceOn } from '../../../steps/proxy-choice.ts';
import { askFromPod, shortName } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { servedWebservers, webserverService } from '../../../steps/webservers.ts';

const [file, least] = ['/tmp/answers', 60];

export const aLoopOfRequests: Step = {
  id: '10-a-loop-of-requests',
  claims: ['L-08'],
  look: `in the pod debug: ls -l ${file}; head ${file}`,
  links: [
    'document 001, "ClusterIP 타입의 서비스", #7',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes',
  ],
  setUp: async (lab) => void (await servedWebservers(lab)),
  async check(lab) {
    const { stdout, exitCode } = await lab.inPod('debug', ['cat', file]);
    demand(exitCode === 0, { expected: `the file ${file} in the pod debug`, observed: 'no such file' });
    const names = namesIn(stdout);
    const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
    foreseen(names);
    const counts = tally(names);
    const seen = [...counts].map(([name, count]) => `${shortName(name)} ×${count}`).join(', ');
    expect([...counts.keys()].sort(), 'the pods in the file, and those that run').to.deep.equal(pods);
    const p = fairnessP(pods.map((pod) => counts.get(pod) ?? 0));
    demand(p > 1e-6, { expected: 'answers spread evenly over the pods', observed: seen });
    lab.seen(seen);
  },
  async solve(lab) {
    await soon(lab, () => askFromPod(lab, 'debug', serviceUrl));
    await record(lab, serviceUrl, least);
  },
  reset: async (lab) => void (await lab.inPod('debug', ['rm', '-f', file])),
  mistakes: [
    { id: 'one-pod', make: async (lab) => record(lab, `http://${ipOf(await firstPod(lab))}`, least) },
    { id: 'wrong-port', make: (lab) => record(lab, `http://${webserverService}`, 3) },
    {
      id: 'too-few',
      async make(lab) {
        await soon(lab, () => askFromPod(lab, 'debug', serviceUrl));
        await record(lab, serviceUrl, 3);
      },
    },
  ],
  async prediction(lab) {
    const client = await find<Pod>(lab, resources.pods, 'debug');
    return (await choiceOn(lab, client?.spec?.nodeName ?? '')) === 'rotation' ? 1 : 2;
  },
};

const serviceUrl = `http://${webserverService}:8080`;

function namesIn(text: string): string[] {
  return [...text.matchAll(/Hello,\s+([^\s<]+)/g)].map(([, name = '']) => name);
}

function foreseen(names: readonly string[]): void {
  demand(names.length > 0, {
    expected: 'lines with Hello and the name of a pod',
    observed: 'none: the requests got no answer',
    mistake: 'wrong-port',
  });
  demand(names.length >= least, {
    expected: `${least} answers or more`,
    observed: `${names.length}`,
    mistake: 'too-few',
  });
  demand(new Set(names).size > 1, {
    expected: 'answers of several pods',
    observed: `only ${names[0]}`,
    mistake: 'one-pod',
  });
}

async function firstPod(lab: Lab): Promise<Pod> {
  const [pod] = await podsWith(lab, 'app=webserver');
  demand(pod, { expected: 'a pod with app=webserver', observed: 'none' });
  return pod;
}

/** The document's loop, with its output in the file. */
async function record(lab: Lab, url: string, times: number): Promise<void> {
  const loop =
    'i=0; while [ $i -lt $3 ]; do timeout 1 wget -q -O - "$1" | grep Hello; i=$((i+1)); done > "$2"';
  await lab.inPod('debug', ['sh', '-c', loop, 'sh', url, file, `${times}`], { timeoutMs: 30_000 });
}
