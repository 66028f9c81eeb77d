import { existsSync, readFileSync } from 'node:fs';
import { libvirtAnswers } from '../../up/vagrant/libvirt.ts';
import { bad, type Finding, good, remark } from '../check.ts';

/** Whether libvirt answers this user. */
export async function checkLibvirt(signal: AbortSignal): Promise<Finding[]> {
  if (!existsSync('/usr/bin/virsh') && !existsSync('/usr/local/bin/virsh')) {
    const packages = 'libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils dnsmasq-base';
    return [bad('libvirt', 'libvirt is not installed', `sudo apt-get install -y ${packages}`)];
  }
  if (!(await libvirtAnswers(signal))) return [silent()];
  return [good('libvirt', 'libvirt answers'), ...reading()];
}

function silent(): Finding {
  if (existsSync('/run/systemd/system')) {
    const advice = 'sudo systemctl start libvirtd && sudo usermod -aG libvirt "$USER", then log in anew';
    return bad('libvirt', 'libvirt does not answer this user', advice);
  }
  return bad('libvirt', 'libvirt is not running', 'sudo virtlogd -d; sudo libvirtd -d');
}

/**
 * The bundle's disk and the box's kernel lie in the user's folders; qemu runs as a user of its own unless it is told otherwise,
 * and security modules keep it from files that libvirt does not manage.
 */
function reading(file = '/etc/libvirt/qemu.conf'): Finding[] {
  const id = 'libvirt-files';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [remark(id, `${file} cannot be read by this user: whether qemu may read the bundle is not known`)];
  }
  return readingFindings(text);
}

/** The pure part: qemu.conf as it is. */
export function readingFindings(text: string): Finding[] {
  const id = 'libvirt-files';
  const lines = text.split('\n').map((line) => line.replaceAll(/\s+/g, ''));
  const missing = ['user="root"', 'security_driver="none"'].filter((line) => !lines.includes(line));
  if (missing.length === 0) return [good(id, 'qemu may read the bundle and the box')];
  const advice = `printf '${missing.map((line) => `${line.replace('=', ' = ')}\\n`).join('')}' | sudo tee -a /etc/libvirt/qemu.conf, and restart libvirtd`;
  return [remark(id, 'qemu may be kept from reading the bundle and the box in your home folder', advice)];
}
