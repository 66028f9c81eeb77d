import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../lib/root.ts';
import { onNode } from './node-shell.ts';
import type { TargetNode } from './target.ts';

/** What a machine looks like to the installer. */
export interface Facts {
  readonly system: string;
  readonly isRoot: boolean;
  readonly systemd: boolean;
  /** Files of the programs that are there, by name. */
  readonly programs: ReadonlyMap<string, string>;
  /** `v20.11.0`; empty when there is none. */
  readonly nodeVersion: string;
  readonly nftVersion: string;
  /** Process ids. */
  readonly kubeProxies: readonly string[];
  /** In words. Our own modes iptables and ipvs use kube-proxy's names, so that either cleans up after the other. */
  readonly kubeProxyRules: readonly string[];
  /** Why the API server cannot be reached from there. */
  readonly unreachable: string | undefined;
  readonly installed: Installed;
}

/** What is there of an earlier installation. */
export interface Installed {
  readonly programSum: string | undefined;
  readonly unitSum: string | undefined;
  /** The text of the configuration file. */
  readonly config: string | undefined;
  /** The first line of the kubeconfig. */
  readonly credentials: string | undefined;
  readonly active: boolean;
}

/** Asks a node; changes nothing there. `server` is the API server's URL. Throws WorkshopError when it cannot be asked. */
export async function gatherFacts(node: TargetNode, server: string, signal?: AbortSignal): Promise<Facts> {
  const { hostname, port } = new URL(server);
  const script = readFileSync(join(repositoryRoot(), 'scripts', 'proxy', 'install', 'facts.sh'), 'utf8');
  const { stdout } = await onNode(node, script, [hostname.replace(/^\[|\]$/g, ''), port || '443'], {
    signal,
  });
  return parseFacts(stdout);
}

/** Reads the output of facts.sh. */
export function parseFacts(text: string): Facts {
  const facts = text.split('\n').map((line) => {
    const space = line.indexOf(' ');
    return [line.slice(0, space), line.slice(space + 1)] as const;
  });
  const all = (name: string) => facts.filter(([key]) => key === name).map(([, value]) => value);
  const one = (name: string) => all(name)[0];
  const config = one('config');
  return {
    system: one('system') ?? '',
    isRoot: one('user') === '0',
    systemd: one('systemd') === 'yes',
    programs: new Map(
      facts.flatMap(([key, value]) => (key.startsWith('program:') ? [[key.slice(8), value]] : [])),
    ),
    nodeVersion: one('node-version') ?? '',
    nftVersion: one('nft-version') ?? '',
    kubeProxies: all('kube-proxy'),
    kubeProxyRules: all('kube-proxy-rules'),
    unreachable: one('unreachable'),
    installed: {
      programSum: one('sum:program'),
      unitSum: one('sum:unit'),
      config: config === undefined ? undefined : Buffer.from(config, 'base64').toString(),
      credentials: one('credentials'),
      active: one('active') === 'yes',
    },
  };
}
