import { join } from 'node:path';
import { expect } from 'chai';
import { ApiError } from '../../lib/kube/api-error.ts';
import { repositoryRoot } from '../../lib/root.ts';
import type { Check, Lab } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { endpointsAre, readyPods } from '../steps/pods.ts';
import { soon } from '../steps/soon.ts';
import { pageAt } from './page.ts';

export const apiVersion: Check = {
  claims: ['R-01'],
  title: 'my-nginx runs by apps/v1 behind my-nginx-svc; by extensions/v1beta1 the API refuses it clearly',
  look: 'kubectl get deployments,services,endpointslices; kubectl api-versions',
  async run(lab) {
    const pods = await readyPods(lab, 'app=nginx', 2);
    await endpointsAre(lab, 'my-nginx-svc', pods);
    const url = `http://${await clusterIpOf(lab, 'my-nginx-svc')}`;
    const answers = await soon(
      lab,
      () => pageAt(lab, 'debug', url),
      ([answer]) => answer?.by !== undefined,
    );
    expect(answers[0]?.text, 'the page at port 80 of my-nginx-svc').to.include('Welcome to nginx');
    const path = `/apis/extensions/v1beta1/namespaces/${lab.namespace}/deployments`;
    expect(await answerAt(lab, path), 'the API server about extensions/v1beta1').to.match(/^404: /);
    const said = await applyOld(lab);
    expect(said, 'kubectl about the manifest of 2016').to.include(
      'no matches for kind "Deployment" in version "extensions/v1beta1"',
    );
    lab.seen(`apps/v1: 2 pods and the page; extensions/v1beta1: ${said}`);
  },
};

/** `200`, or the code and the words by which the API server refuses that path. */
export async function answerAt(lab: Lab, path: string): Promise<string> {
  try {
    await lab.client.raw(path, { signal: lab.signal });
    return '200';
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** A machine without kubectl is told what kubectl says when discovery does not name the group. */
async function applyOld(lab: Lab): Promise<string> {
  if (lab.kubectl === undefined) {
    const groups = await lab.client.raw('/apis', { signal: lab.signal });
    const known = groups.includes('extensions/v1beta1');
    return known ? 'known' : 'no matches for kind "Deployment" in version "extensions/v1beta1"';
  }
  const file = join(repositoryRoot(), 'labs/09-loadbalancer/my-nginx-2016.yaml');
  const { stdout, stderr } = await lab.kubectl(['apply', '--namespace', lab.namespace, '--filename', file]);
  return /no matches for kind[^\n]*/.exec(stderr)?.[0] ?? `${stdout}${stderr}`.trim();
}
