import { expect } from 'chai';
import { loadSettings } from '../../lib/settings/load.ts';
import { routeFindings } from '../../scripts/doctor/addresses.ts';
import { checkKernel } from '../../scripts/doctor/kernel.ts';
import { checkNamespaces } from '../../scripts/doctor/namespaces.ts';
import { checkPlatform } from '../../scripts/doctor/platform.ts';
import { checkPrograms } from '../../scripts/doctor/programs.ts';

describe('doctor', () => {
  it('finds nothing wrong with namespaces that can be made', async () => {
    const [finding] = await checkNamespaces();
    expect(finding).to.include({ id: 'namespaces', ok: true });
  });

  const forbidders: [name: string, value: string, advice: string][] = [
    ['kernel/apparmor_restrict_unprivileged_userns', '1', 'kernel.apparmor_restrict_unprivileged_userns=0'],
    ['kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
    ['user/max_user_namespaces', '0', 'user.max_user_namespaces=15000'],
  ];
  for (const [name, value, advice] of forbidders) {
    it(`blames ${name} and says what to type`, async () => {
      const [finding] = await checkNamespaces({
        root: false,
        read: (asked) => (asked === name ? value : undefined),
        attempt: () => Promise.reject(new Error('unshare: Operation not permitted')),
      });
      expect(finding).to.include({ ok: false, required: true });
      expect(finding?.advice).to.contain(`sudo sysctl -w ${advice}`);
    });
  }

  it('finds every kernel feature on this machine', async () => {
    expect(await checkKernel()).to.deep.equal([
      { id: 'kernel', ok: true, required: true, message: 'bridge, veth, nf_tables (NAT), overlayfs' },
    ]);
  });

  it("passes the kernel's own words on when no setting explains them", async () => {
    const [finding] = await checkNamespaces({
      root: false,
      read: () => undefined,
      attempt: () => Promise.reject(new Error('unshare: No space left on device')),
    });
    expect(finding?.message).to.equal('unshare: No space left on device');
  });

  it('names the packages of missing programs in one command', () => {
    const [finding] = checkPrograms('/bin', (file) => !/nft|unshare|nsenter/.test(file));
    expect(finding).to.include({ ok: false, advice: 'sudo apt-get install -y nftables util-linux' });
  });

  it('finds programs outside the PATH of ordinary users', () => {
    const [finding] = checkPrograms('/bin', (file) => file.startsWith('/usr/sbin/'));
    expect(finding).to.include({ ok: true });
  });

  for (const [platform, word] of [
    ['darwin', 'Vagrant'],
    ['win32', 'WSL2'],
  ] as const) {
    it(`points ${platform} to ${word}`, () => {
      expect(checkPlatform(platform)[0]?.advice).to.contain(word);
    });
  }

  it('mentions a route of the host into a range of ours, as no failure', () => {
    const routes = [
      { dst: 'default', dev: 'eth0' },
      { dst: '172.17.0.0/16', dev: 'docker0' },
    ];
    const findings = routeFindings(loadSettings(), routes);
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include({ ok: false, required: false });
    expect(findings[0]?.message).to.contain('172.17.0.0/16 (docker0)').and.to.contain('network.services');
  });
});
