import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { boxVagrantfile, filesAfter, filesBefore } from '../../../scripts/box/files.ts';
import { mirrorIn, vagrantKey } from '../../../scripts/box/requirements.ts';
import { workshop } from '../type.ts';

describe('the mirror of the box', () => {
  const third = 'http://third.example/debian/|Third|Third\n';
  const security = 'http://mirror.example/debian-security/|Debian|Debian-Security\n';
  const own = 'http://mirror.example/debian/|Debian|Debian\n';
  const cases: [string, string, string | undefined][] = [
    ['is the one that apt uses', own, 'http://mirror.example/debian/'],
    ['is neither security nor a third party', third + security + own, 'http://mirror.example/debian/'],
    ['is not guessed', third + security, undefined],
    ['is not found where apt knows nothing', '', undefined],
  ];
  for (const [title, text, expected] of cases) {
    it(title, () => expect(mirrorIn(text)).to.equal(expected));
  }
});

describe('the files of the box', () => {
  const after = filesAfter('ssh-rsa KEY vagrant\n');
  const textOf = (path: string) => after.find((file) => file.path === path)?.text;

  it('let Vagrant in, and keep keys and rights to their owners', () => {
    expect(textOf('home/vagrant/.ssh/authorized_keys')).to.equal('ssh-rsa KEY vagrant\n');
    const modes = new Map(after.map(({ path, mode }) => [path, mode]));
    expect(modes.get('home/vagrant/.ssh/authorized_keys')).to.equal(0o600);
    expect(modes.get('etc/sudoers.d/vagrant')).to.equal(0o440);
  });

  it('leave nothing of the machine that built it', () => {
    const before = filesBefore('http://mirror.example/debian/', 'trixie');
    expect(before.find(({ path }) => path === 'etc/apt/sources.list')?.text).to.contain('mirror.example');
    for (const path of ['etc/apt/sources.list', 'etc/machine-id', 'etc/resolv.conf']) {
      expect(textOf(path)).to.equal('');
    }
    expect(after.map(({ text }) => text).join('')).to.not.contain('mirror.example');
  });

  it('end with a line end, as what reads them wants', () => {
    for (const { path, text } of after) if (text !== '') expect(text.endsWith('\n'), path).to.equal(true);
  });

  it('put programs at fixed addresses on an emulated machine, and on no other', () => {
    const unit = textOf('etc/systemd/system/workshop-fixed-addresses.service');
    expect(unit)
      .to.match(/^ConditionVirtualization=qemu$/m)
      .and.to.contain('randomize_va_space');
    const sysctl = after.filter(({ path }) => path.includes('sysctl')).map(({ text }) => text);
    expect(sysctl.join('')).to.not.contain('randomize');
  });

  it('tell libvirt to start the kernel beside the disk', () => {
    expect(boxVagrantfile)
      .to.contain('"vmlinuz"')
      .and.to.contain('"initrd.img"')
      .and.to.contain('root=/dev/vda');
  });
});

describe('workshop box', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-'));
    writeFileSync(join(folder, 'key.pub'), 'ssh-rsa KEY\n');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Only says what it would do, with a mirror and a key that are not this machine's. */
  function plan(...more: string[]) {
    const given = ['--mirror', 'http://mirror.example/debian', '--public-key', join(folder, 'key.pub')];
    return workshop(folder, ['box', 'build', '--dry-run', ...given, ...more]);
  }

  it('takes a key that is named, and says when it is not there', () => {
    expect(vagrantKey(join(folder, 'key.pub'))).to.equal(join(folder, 'key.pub'));
    expect(() => vagrantKey(join(folder, 'none.pub'))).to.throw('none.pub');
  });

  it('says what it would do', async () => {
    const { exitCode, stdout, stderr } = await plan('--no-add', '--out', join(folder, 'my.box'));
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.contain('install Debian trixie from http://mirror.example/debian');
    expect(stdout)
      .to.match(/containerd.*nodejs/)
      .and.to.contain('my.box');
    expect(stdout).to.not.contain('tell Vagrant');
    expect(stdout, 'there is no bundle').to.not.contain('images');
  });

  it('puts the images of a bundle into it, of the one that is named or of the usual one', async () => {
    const bundle = join(folder, 'data', 'bundle');
    mkdirSync(bundle, { recursive: true });
    writeFileSync(
      join(bundle, 'bundle.json'),
      JSON.stringify({ format: 1, kubernetes: 'v1.35.4', files: [] }),
    );
    expect((await plan()).stdout).to.contain(`import the images of ${bundle}`);
    expect((await plan('--no-images')).stdout).to.not.contain('images');
    expect((await plan('--bundle', bundle)).stdout).to.contain(`import the images of ${bundle}`);
  });

  it('says that a named bundle is not there', async () => {
    const nowhere = join(folder, 'nowhere');
    const result = await workshop(folder, ['box', 'build', '--bundle', nowhere]);
    expect(result.exitCode).to.equal(3);
    expect(result.stderr).to.contain(`could not use the bundle ${nowhere}: there is none`);
  });

  const wrong: [string, string[], RegExp][] = [
    ['no verb', [], /box knows only "build"/],
    ['a disk of no size', ['build', '--disk-size', 'big'], /--disk-size "big"/],
    ['two wishes at once', ['build', '--bundle', '/nowhere', '--no-images'], /contradict each other/],
    ['a suite that is none', ['build', '--suite', '../x'], /not the name of a Debian release/],
  ];
  for (const [what, args, stderr] of wrong) {
    it(`refuses ${what}`, async () => {
      const result = await workshop(folder, ['box', ...args]);
      expect(result.exitCode).to.equal(2);
      expect(result.stderr).to.match(stderr);
    });
  }
});
