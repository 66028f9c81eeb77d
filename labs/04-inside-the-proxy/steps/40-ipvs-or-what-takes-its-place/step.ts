import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { find } from '../../../steps/ensure.ts';
import type { Service } from '../../../steps/objects.ts';
import { askForMode, proxyState } from '../../../steps/proxy-mode.ts';
import { ownModeBack, remembered, rememberMode } from '../../own-mode.ts';
import { nodeOfClient, page, servedPages } from '../../pages.ts';

const annotation = 'runs-for-ipvs';

export const ipvsStep: Step = {
  id: '40-ipvs-or-what-takes-its-place',
  claims: ['P-04'],
  look: 'workshop proxy status; what the workshop says when it is asked for mode ipvs; the log of the proxy',
  links: [
    'document 003, "IPVS proxy mode"',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-ipvs',
  ],
  async setUp(lab) {
    await servedPages(lab);
    await ownModeBack(lab);
    await rememberMode(lab, await nodeOfClient(lab));
  },
  async check(lab) {
    const service = await find<Service>(lab, resources.services, page);
    const answer = service?.metadata?.annotations?.[annotation]?.trim();
    const node = await nodeOfClient(lab);
    const { asked } = await proxyState(lab, node);
    const own = (await remembered(lab))[node]?.mode ?? asked.mode;
    demand(asked.mode === own, {
      expected: `mode ${own} again on ${node}`,
      observed: `it is asked for ${asked.mode}`,
      ...(answer !== undefined && { mistake: 'not-back' }),
    });
    demand(answer, {
      expected: `a mode as the annotation ${annotation} of the Service ${page}`,
      observed: 'no such annotation',
    });
    const ran = (await kernelHasIpvs(lab, node)) ? 'ipvs' : 'iptables';
    demand(answer === ran, {
      expected: `the mode that ${node} really ran when it was asked for ipvs`,
      observed: answer,
      ...(answer === 'ipvs' && { mistake: 'as-asked' }),
      ...(answer === own && { mistake: 'as-before' }),
    });
    lab.seen(`asked for ipvs, ${node} ran ${ran}`);
  },
  async solve(lab) {
    const node = await nodeOfClient(lab);
    const { mode } = await askForMode(lab, node, 'ipvs');
    await annotate(lab, mode ?? null);
    await ownModeBack(lab);
  },
  async reset(lab) {
    await ownModeBack(lab);
    await annotate(lab, null);
  },
  leave: ownModeBack,
  alone: true,
  mistakes: [
    {
      id: 'not-back',
      async make(lab) {
        const { mode } = await askForMode(lab, await nodeOfClient(lab), 'ipvs');
        await annotate(lab, mode ?? null);
      },
    },
    { id: 'as-asked', make: (lab) => annotate(lab, 'ipvs') },
    {
      id: 'as-before',
      make: async (lab) => annotate(lab, (await proxyState(lab, await nodeOfClient(lab))).mode ?? null),
    },
  ],
  prediction: async (lab) => ((await kernelHasIpvs(lab, await nodeOfClient(lab))) ? 1 : 2),
};

/** The kernel's list of virtual servers is there when the module is loaded; the proxy loads it and speaks by ipvsadm. */
async function kernelHasIpvs(lab: Lab, node: string): Promise<boolean> {
  const script = 'test -e /proc/net/ip_vs && command -v ipvsadm';
  return (await lab.onNode(node, ['sh', '-c', script])).exitCode === 0;
}

async function annotate(lab: Lab, value: string | null): Promise<void> {
  const ref = { namespace: lab.namespace, name: page };
  const patch = { metadata: { annotations: { [annotation]: value } } };
  await lab.client.patch(resources.services, ref, patch, { type: 'merge', signal: lab.signal });
}
