import { expect } from 'chai';
import type { ServiceSpec } from '../../../../sandbox/apiserver/kinds/service/object.ts';
import { serviceWarnings } from '../../../../sandbox/apiserver/kinds/service/warnings.ts';

describe('warnings about a Service', () => {
  const ignored: [title: string, spec: ServiceSpec, warnings: string[]][] = [
    ['an ordinary one', { type: 'ClusterIP', sessionAffinity: 'ClientIP' }, []],
    [
      'a headless one with affinity',
      { type: 'ClusterIP', clusterIP: 'None', sessionAffinity: 'ClientIP', externalIPs: ['1.2.3.4'] },
      [
        'spec.externalIPs is ignored for headless services',
        'spec.SessionAffinity is ignored for headless services',
      ],
    ],
    [
      'an ExternalName with addresses',
      { type: 'ExternalName', externalIPs: ['1.2.3.4'] },
      ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
    ],
    [
      'an external name on another type',
      { type: 'NodePort', externalName: 'example.com' },
      ['spec.externalName is ignored when spec.type is not "ExternalName"'],
    ],
    [
      'an old trafficDistribution',
      { type: 'ClusterIP', trafficDistribution: 'PreferClose' },
      ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
    ],
  ];
  for (const [title, spec, warnings] of ignored) {
    it(`are ${warnings.length} for ${title}`, () => {
      expect(serviceWarnings(spec)).to.deep.equal(warnings);
    });
  }
});
