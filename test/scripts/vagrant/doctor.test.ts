import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings } from '../../../lib/settings/load.ts';
import type { VagrantSettings } from '../../../lib/settings/settings.ts';
import { overlapFindings } from '../../../scripts/doctor/vagrant/addresses.ts';
import { machineFinding, nodeAddresses } from '../../../scripts/doctor/vagrant/cluster.ts';
import { readingFindings } from '../../../scripts/doctor/vagrant/libvirt.ts';
import { checkKvm, checkRoom } from '../../../scripts/doctor/vagrant/machine.ts';
import { checkBox, checkBundle } from '../../../scripts/doctor/vagrant/parts.ts';
import { checkProxies } from '../../../scripts/doctor/vagrant/proxies.ts';
import { checkHostOnly, fits } from '../../../scripts/doctor/vagrant/versions.ts';

const settings = loadSettings();

describe('doctor for virtual machines', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe('Vagrant and VirtualBox', () => {
    const pairs: [vagrant: string, virtualBox: string | undefined, ok: boolean][] = [
      ['2.4.9', '7.2.4', true],
      ['2.4.7', '7.2.0', false],
      ['2.4.2', '7.1.0', true],
      ['2.4.1', '7.1.0', false],
      ['2.3.4', '7.0.14', true],
      ['2.10.0', '7.2.0', true],
      ['2.4.9', '8.0.0', false],
      ['2.4.9', undefined, false],
    ];
    for (const [vagrant, virtualBox, ok] of pairs) {
      it(`${ok ? 'accepts' : 'refuses'} Vagrant ${vagrant} with VirtualBox ${virtualBox}`, () => {
        const finding = fits(vagrant, virtualBox);
        expect(finding.ok).to.equal(ok);
        if (!ok) expect(finding.advice).to.be.a('string');
      });
    }
  });

  describe("VirtualBox's list of allowed networks", () => {
    const lists: [what: string, text: string | undefined, ok: boolean][] = [
      ['allows 192.168.56.0/21 where there is none', undefined, true],
      ['is obeyed', '* 10.0.0.0/8\n', false],
      ['may have several on a line', '* 10.0.0.0/8 192.168.0.0/16\n* 2001::/64\n', true],
      ['counts without its comments', '# * 192.168.56.0/24\n* 10.0.0.0/8\n', false],
      ['may be too narrow', '* 192.168.56.0/25\n', false],
    ];
    for (const [what, text, ok] of lists) {
      it(what, () => expect(checkHostOnly(settings, text)[0]?.ok).to.equal(ok));
    }
  });

  describe('KVM', () => {
    const at = (more: Partial<VagrantSettings>): VagrantSettings => ({ ...settings.vagrant, ...more });
    const works = { usable: true, processor: true };
    it('is taken where it works', () => expect(checkKvm(at({}), works)[0]?.ok).to.equal(true));
    it('is missed, but not needed, where there is none', () => {
      const [finding] = checkKvm(at({}), { usable: undefined, processor: true });
      expect(finding).to.include({ ok: false, required: false });
      expect(finding?.message).to.contain('emulated');
    });
    it('is not believed where the processor has no virtualization', () => {
      const [finding] = checkKvm(at({}), { usable: true, processor: false });
      expect(finding?.message).to.contain('vmx');
    });
    it('is asked for in a word where this user may not use it', () => {
      const [finding] = checkKvm(at({}), { usable: false, processor: true });
      expect(finding?.advice).to.contain('usermod -aG kvm');
    });
    it('is needed where the settings say so', () => {
      expect(checkKvm(at({ driver: 'kvm' }), { usable: undefined, processor: true })[0]?.required).to.equal(
        true,
      );
    });
    it('is in the way of VirtualBox', () => {
      const [finding] = checkKvm(at({ provider: 'virtualbox' }), works);
      expect(finding?.advice).to.contain('modprobe -r');
    });
  });

  describe('addresses', () => {
    const routes = (dst: string, dev: string) => overlapFindings(settings, [{ dst, dev }])[0];
    it('are fine beside others', () => expect(routes('10.0.0.0/8', 'eth0')?.ok).to.equal(true));
    it('may be those of the machines themselves', () => {
      expect(routes('192.168.56.0/24', 'virbr1')?.ok).to.equal(true);
      expect(routes('192.168.56.0/24', 'vboxnet0')?.ok).to.equal(true);
    });
    it("cannot be another network's", () => {
      expect(routes('192.168.0.0/16', 'tun0')).to.include({ ok: false, required: true });
    });
    it("of Services may be docker's too: they exist inside the machines alone", () => {
      const finding = routes('172.17.0.0/16', 'docker0');
      expect(finding).to.include({ ok: false, required: false });
      expect(finding?.message).to.contain("docker's own");
    });
    it('are not compared with a default route', () => expect(routes('default', 'eth0')?.ok).to.equal(true));
  });

  describe('room', () => {
    it('is counted for all machines together', () => {
      const [memory, disk] = checkRoom(settings, {}, { memory: 9000, disk: 90_000, folder: '/x' });
      expect([memory?.ok, disk?.ok]).to.deep.equal([true, true]);
    });
    it('names the setting for less memory, and the folder for more disk', () => {
      const [memory, disk] = checkRoom(settings, {}, { memory: 6000, disk: 900, folder: '/x' });
      expect(memory?.advice).to.contain('vagrant.workers.memory');
      expect(disk?.advice).to.contain('/x');
    });
  });

  it('asks for a bundle where there is none', () => {
    expect(checkBundle(folder)[0]).to.include({ ok: false, required: true, advice: 'workshop bundle' });
  });

  it('refuses a bundle for another processor', () => {
    const manifest = { format: 1, kubernetes: 'v1.35.4', arch: 'arm64', files: [] };
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify(manifest));
    expect(checkBundle(folder, 'x64')[0]?.message).to.contain('is for arm64');
  });

  it('finds a box that is there, and says when one will be downloaded', () => {
    const env = { VAGRANT_HOME: folder, WORKSHOP_DATA_DIR: folder };
    expect(checkBox(settings, env)[0]).to.include({ ok: false, required: false });
    mkdirSync(join(folder, 'boxes', 'workshop-lab'), { recursive: true });
    expect(checkBox(settings, env)[0]?.ok).to.equal(true);
  });

  it('finds an HTTP proxy that would get what is meant for the cluster', () => {
    expect(checkProxies(settings, {})[0]?.ok).to.equal(true);
    const [finding] = checkProxies(settings, { https_proxy: 'http://p:3128', no_proxy: 'localhost' });
    expect(finding?.advice).to.contain('NO_PROXY=localhost,192.168.56.0/24,172.16.0.0/16,172.17.0.0/18');
    const covered = { HTTPS_PROXY: 'http://p', NO_PROXY: '192.168.56.0/24,172.16.0.0/16,172.17.0.0/18' };
    expect(checkProxies(settings, covered)[0]?.ok).to.equal(true);
  });

  it('says what qemu.conf lacks', () => {
    expect(readingFindings('user = "root"\nsecurity_driver="none"\n')[0]?.ok).to.equal(true);
    expect(readingFindings('#user = "root"\n')[0]?.advice).to.contain('security_driver');
  });

  it('finds a node that registered with the address of the first network card', () => {
    const node = (address: string) => ({
      metadata: { name: 'n' },
      status: { addresses: [{ type: 'InternalIP', address }] },
    });
    expect(nodeAddresses([node('192.168.56.11')], settings).ok).to.equal(true);
    expect(nodeAddresses([node('10.0.2.15')], settings).message).to.contain('n 10.0.2.15');
  });

  describe('a machine that runs', () => {
    const well = { leftover: '0', vip: 'ok', dns: 'ok', free: '7000', clock: '0' };
    const ids = (seen: Record<string, string> | undefined) =>
      machineFinding('n', settings, seen).flatMap(({ ok, id }) => (ok ? [] : [id]));
    it('is well', () => expect(ids(well)).to.deep.equal([]));
    const faults: [what: string, seen: Record<string, string> | undefined, id: string][] = [
      ['that does not answer', undefined, 'machine-n'],
      ['whose clock is wrong', { ...well, clock: '-7200' }, 'clock-n'],
      ["with a kube-proxy's rules", { ...well, leftover: '12' }, 'leftover-n'],
      ['without the virtual address', { ...well, vip: 'no' }, 'vip-n'],
      ['without DNS', { ...well, dns: 'no' }, 'dns-n'],
      ['whose disk is full', { ...well, free: '3' }, 'disk-n'],
    ];
    for (const [what, seen, id] of faults) {
      it(`is told from one ${what}`, () => expect(ids(seen)).to.deep.equal([id]));
    }
  });
});
