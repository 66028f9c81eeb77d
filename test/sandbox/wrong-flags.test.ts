import { expect } from 'chai';
import { WorkshopError } from '../../lib/errors.ts';
import { main as apiserver } from '../../sandbox/apiserver/main.ts';
import { main as controllers } from '../../sandbox/controllers/main.ts';
import { main as dns } from '../../sandbox/dns/main.ts';
import { main as inside } from '../../sandbox/inside/main.ts';
import { main as node } from '../../sandbox/node/main.ts';
import { main as supervise } from '../../sandbox/supervise/main.ts';

describe('every component of the sandbox', () => {
  const components: [
    main: (argv: string[]) => Promise<void>,
    name: string,
    mistake: string,
    meant: string,
  ][] = [
    [apiserver, 'apiserver', '--data-dri=x', '--data-dir'],
    [controllers, 'controllers', '--cluster-cdir=x', '--cluster-cidr'],
    [dns, 'dns', '--prot=53', '--port'],
    [inside, 'inside', '--nmae=x', '--name'],
    [node, 'node', '--node-nam=x', '--node-name'],
    [supervise, 'supervise', '--bundel=x', '--bundle'],
  ];
  for (const [main, name, mistake, meant] of components) {
    it(`does not start with a wrong flag: ${name} ${mistake}`, async () => {
      const thrown = await main([mistake]).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(WorkshopError).and.include({ fault: 'usage' });
      expect((thrown as WorkshopError).message).to.match(
        new RegExp(`there is no flag .*; did you mean ${meant}\\?$`),
      );
      expect((thrown as WorkshopError).advice).to.contain(meant);
    });
  }
});
