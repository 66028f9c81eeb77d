import { basename } from 'node:path';
import { type BundleProgram, versions } from './programs.ts';

/** A release file of a publisher, and which sums it publishes for it. */
export interface Release {
  readonly url: string;
  /** A file of lines `SUM  NAME`, or of the sum alone. */
  readonly sums: string;
  /** When it is an archive: the member that is the program. */
  readonly member?: string;
}

/** Where each program is published. */
export function releaseOf({ path, part }: BundleProgram, arch: string): Release {
  const name = basename(path);
  const version = versions[part];
  const bare = version.slice(1);
  switch (part) {
    case 'kubernetes': {
      const url = `https://dl.k8s.io/release/${version}/bin/linux/${arch}/${name}`;
      return { url, sums: `${url}.sha256` };
    }
    case 'etcd': {
      const stem = `etcd-${version}-linux-${arch}`;
      const at = `https://github.com/etcd-io/etcd/releases/download/${version}`;
      return { url: `${at}/${stem}.tar.gz`, sums: `${at}/SHA256SUMS`, member: `${stem}/etcd` };
    }
    case 'coredns': {
      const at = 'https://github.com/coredns/coredns/releases/download';
      const url = `${at}/${version}/coredns_${bare}_linux_${arch}.tgz`;
      return { url, sums: `${url}.sha256`, member: 'coredns' };
    }
    case 'cni': {
      const at = 'https://github.com/containernetworking/plugins/releases/download';
      const url = `${at}/${version}/cni-plugins-linux-${arch}-${version}.tgz`;
      return { url, sums: `${url}.sha256`, member: `./${name}` };
    }
  }
}

/** The sum of `url`'s file in the text that its publisher gives out; undefined when it is not there. */
export function sumIn(text: string, url: string): string | undefined {
  const name = basename(url);
  for (const line of text.trim().split('\n')) {
    const [, sum, file] = /^([0-9a-f]{64})(?:\s+[*]?(\S+))?\s*$/.exec(line.trim()) ?? [];
    if (sum !== undefined && (file === undefined || basename(file) === name)) return sum;
  }
  return undefined;
}
