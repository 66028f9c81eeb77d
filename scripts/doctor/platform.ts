import { bad, type Finding, good } from './check.ts';

/** The sandbox is made of Linux namespaces; WSL2 is Linux too. */
export function checkPlatform(platform: NodeJS.Platform): Finding[] {
  if (platform === 'linux') return [good('platform', 'Linux')];
  const system = platform === 'darwin' ? 'macOS' : platform === 'win32' ? 'Windows' : platform;
  const linux = platform === 'win32' ? 'WSL2 (wsl --install) or ' : '';
  return [
    bad(
      'platform',
      `the sandbox needs Linux namespaces, and this is ${system}`,
      `${linux}a virtual machine, for example by Vagrant: README.md, "Without Linux"`,
    ),
  ];
}
