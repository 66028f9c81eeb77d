import { resources } from '../../../../lib/kube/resources.ts';
import { fullName, lookUp } from '../../../07-dns/records.ts';
import { CheckFailure, demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, ensureClient, find } from '../../../steps/ensure.ts';
import { remove, type Service } from '../../../steps/objects.ts';
import { aliasLeadsTo, aliasOf } from '../../external-name.check.ts';

const { target } = aliasOf;
const service = 'database';

export const externalNameStep: Step = {
  id: '10-external-name',
  claims: ['S-10'],
  look: 'kubectl get services; nslookup of the full name in the pod debug',
  links: [
    'documents 000 and 001, "ExternalName"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#externalname',
  ],
  setUp: (lab) => ensureClient(lab),
  async check(lab) {
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    foreseen(made);
    const { alias, text } = await lookUp(lab, fullName(lab, service), 'cname');
    if (alias === target) return;
    throw new CheckFailure({ expected: `a CNAME of ${target} in the DNS`, observed: alias ?? text });
  },
  async solve(lab) {
    await make(lab, { type: 'ExternalName', externalName: target });
    await aliasLeadsTo(lab, service, target);
  },
  reset: (lab) => remove(lab, resources.services, service),
  mistakes: [
    { id: 'address', make: (lab) => make(lab, { type: 'ExternalName', externalName: '192.168.56.10' }) },
    {
      id: 'cluster-ip',
      make: (lab) => make(lab, { selector: { app: target }, ports: [{ port: 3306 }] }),
    },
    {
      id: 'other-target',
      make: (lab) => make(lab, { type: 'ExternalName', externalName: 'database.example.com' }),
    },
  ],
  async prediction(lab) {
    const made = await find<Service>(lab, resources.services, service);
    return made?.spec?.clusterIP ? 1 : 3;
  },
};

function foreseen({ spec }: Service): void {
  demand(spec?.type === 'ExternalName', {
    expected: 'the type ExternalName',
    observed: `the type ${spec?.type} with the cluster IP ${spec?.clusterIP}`,
    mistake: 'cluster-ip',
  });
  demand(!/^[\d.]+$/.test(spec.externalName ?? ''), {
    expected: 'a name',
    observed: `the address ${spec.externalName}, which the DNS takes for a name`,
    mistake: 'address',
  });
  demand(spec.externalName === target, {
    expected: `the name ${target}`,
    observed: `the name ${spec.externalName}`,
    mistake: 'other-target',
  });
}

async function make(lab: Lab, spec: NonNullable<Service['spec']>): Promise<void> {
  await remove(lab, resources.services, service);
  await applyService(lab, service, spec);
}
