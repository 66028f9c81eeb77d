import { accessSync, constants } from 'node:fs';

/** Programs that the sandbox runs, and the Debian packages that bring them. */
export const packagesOf = {
  ip: 'iproute2',
  nft: 'nftables',
  iptables: 'iptables',
  conntrack: 'conntrack',
  busybox: 'busybox-static',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  mount: 'mount',
};

/**
 * The packages whose programs are neither in `path` nor where administrators' programs are.
 * @param {string} path the PATH
 * @param {(file: string) => boolean} exists whether a file can be executed
 * @returns {string[]}
 */
export function missingPackages(path = '', exists = isExecutable) {
  const folders = [...path.split(':').filter(Boolean), '/usr/sbin', '/sbin'];
  const missing = Object.keys(packagesOf).filter(
    (name) => !folders.some((folder) => exists(`${folder}/${name}`)),
  );
  return [...new Set(missing.map((name) => packagesOf[name]))];
}

/**
 * The sentence for a user who has to install them.
 * @param {string[]} missing package names
 */
export function packageProblem(missing) {
  return `could not start: system packages are missing. Try: sudo apt-get install -y ${missing.join(' ')}`;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
