import { readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { messageOf, WorkshopError } from '../errors.ts';

/** What it takes to reach an API server; certificates and keys in PEM. */
export interface Credentials {
  /** For example `https://192.168.56.10:6443`, without a slash at the end. */
  server: string;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  token?: string | undefined;
  /** Set when the kubeconfig says `insecure-skip-tls-verify`. */
  insecure?: boolean | undefined;
}

/**
 * Reads the current context of a kubeconfig file, as kubectl would; relative paths in it are relative to it.
 * Throws WorkshopError `usage` when it cannot be read or has no usable context.
 */
export function loadKubeconfig(file: string): Credentials {
  const config = parse(file);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (!cluster?.server) {
    throw new WorkshopError('usage', `could not use ${file}: it has no cluster for its current context`, {
      advice: `kubectl config get-contexts --kubeconfig ${file}`,
    });
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ca: pem(cluster.caData, cluster.caFile),
    cert: pem(user?.certData, user?.certFile),
    key: pem(user?.keyData, user?.keyFile),
    token: user?.token,
    insecure: cluster.skipTLSVerify,
  };
}

function parse(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new WorkshopError('usage', `could not read the kubeconfig ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return config;
}

function pem(data: string | undefined, file: string | undefined): string | undefined {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? readFileSync(file, 'utf8') : undefined;
}
