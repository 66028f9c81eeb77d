import { expect } from 'chai';
import { WorkshopError } from '../../../lib/errors.ts';
import { main as controllers } from '../../../sandbox/controllers/main.ts';
import { main as dns } from '../../../sandbox/dns/main.ts';

describe('wrong flags of controllers and DNS', () => {
  const cases: [string, (argv: string[]) => Promise<void>, string[], RegExp][] = [
    ['no kubeconfig', controllers, [], /--kubeconfig is missing/],
    ['an unknown flag', controllers, ['--kubeconfg=x'], /--kubeconfg/],
    ['a malformed network', controllers, ['--kubeconfig=x', '--cluster-cidr=172.16.0.1/16'], /host bits/],
    ['a mask that does not fit', controllers, ['--kubeconfig=x', '--node-cidr-mask-size=8'], /does not fit/],
    ['no kubeconfig', dns, [], /--kubeconfig is missing/],
    ['no port', dns, ['--kubeconfig=x', '--port=70000'], /--port 70000 is not a port/],
    ['no address', dns, ['--kubeconfig=x', '--upstream=a:b:c'], /not a DNS server's address/],
  ];
  for (const [title, main, argv, message] of cases) {
    it(`${title}: ${argv.join(' ') || '(none)'}`, async () => {
      const thrown = await main(argv).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(WorkshopError);
      expect(thrown).to.include({ fault: 'usage' });
      expect((thrown as Error).message).to.match(message);
    });
  }
});
