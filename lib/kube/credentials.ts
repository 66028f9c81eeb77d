import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type Cluster,
  newClusters,
  newContexts,
  newUsers,
  type User,
} from '@kubernetes/client-node/dist/config_types.js';
import { messageOf, WorkshopError } from '../errors.ts';
import { parseYaml } from '../yaml.ts';
import { readKubeconfig } from './kubeconfig-file.ts';

/** What it takes to reach an API server; certificates and keys in PEM. */
export interface Credentials {
  /** For example `https://192.168.56.10:6443`, without a slash at the end. */
  server: string;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  token?: string | undefined;
  /** Holds the token, and may hold another one later; takes the place of `token`. */
  tokenFile?: string | undefined;
  /** Set when the kubeconfig says `insecure-skip-tls-verify`. */
  insecure?: boolean | undefined;
}

/**
 * Reads the current context of a kubeconfig file, as kubectl would; relative paths in it are relative to it.
 * Throws WorkshopError `usage` when it cannot be read, has no usable context, or asks for what is not known here.
 */
export function loadKubeconfig(file: string): Credentials {
  const content = readKubeconfig(file);
  const { cluster, user } = parse(content, file);
  if (!cluster) {
    throw new WorkshopError('usage', `could not use ${file}: it has no cluster for its current context`, {
      advice: `kubectl config get-contexts --kubeconfig ${file}`,
    });
  }
  const tokenFile = user ? tokenFileOf(content, file, user.name) : undefined;
  if (user && tokenFile === undefined) requireUsable(file, user);
  if (cluster.proxyUrl || cluster.tlsServerName) {
    const field = cluster.proxyUrl ? 'proxy-url' : 'tls-server-name';
    throw new WorkshopError('usage', `could not use ${file}: the workshop does not know its field ${field}`, {
      advice: 'a kubeconfig that reaches the API server by itself',
    });
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ca: pem(file, cluster.caData, cluster.caFile),
    cert: pem(file, user?.certData, user?.certFile),
    key: pem(file, user?.keyData, user?.keyFile),
    token: user?.token,
    ...(tokenFile !== undefined && { tokenFile }),
    insecure: cluster.skipTLSVerify,
  };
}

/** The field `tokenFile` of a user, which client-node does not read. Throws WorkshopError `usage` when there is no such file. */
function tokenFileOf(content: string, file: string, name: string): string | undefined {
  const config = parseYaml(content, file) as {
    users?: { name?: string; user?: { tokenFile?: string } }[];
  };
  const named = config.users?.find((each) => each.name === name)?.user?.tokenFile;
  if (named === undefined) return undefined;
  const tokenFile = resolve(dirname(file), named);
  try {
    readFileSync(tokenFile);
    return tokenFile;
  } catch (cause) {
    const why = messageOf(cause);
    throw new WorkshopError('usage', `could not read the tokenFile of the user ${name} in ${file}: ${why}`, {
      cause,
    });
  }
}

/** Certificates and tokens are known; the other ways to log in are named, where the API server would only say 401. */
function requireUsable(file: string, user: User): void {
  if (user.impersonateUser) {
    throw new WorkshopError(
      'usage',
      `could not use ${file}: its user ${user.name} acts as ${user.impersonateUser}`,
      {
        advice: 'a kubeconfig that is of that user',
      },
    );
  }
  if (user.certData || user.certFile || user.token) return;
  const way = user.exec
    ? `by the program ${String(user.exec.command)}`
    : user.authProvider
      ? `by the provider ${String(user.authProvider.name)}`
      : user.username
        ? 'with a password'
        : undefined;
  if (way === undefined) return;
  throw new WorkshopError('usage', `could not use ${file}: its user ${user.name} logs in ${way}`, {
    advice: 'a kubeconfig with a client certificate or a token (kubectl create token)',
  });
}

/**
 * What the current context leads to. By the part of client-node that reads kubeconfigs: all of it takes 20 MB and 0.1 s, in each process.
 */
function parse(content: string, file: string): { cluster?: Cluster | undefined; user?: User | undefined } {
  const config = parseYaml(content, file) as Readonly<Record<string, unknown>> | null;
  try {
    const [clusters, users] = [newClusters(config?.['clusters']), newUsers(config?.['users'])];
    const context = newContexts(config?.['contexts']).find(
      ({ name }) => name === config?.['current-context'],
    );
    return {
      cluster: clusters.find(({ name }) => name === context?.cluster),
      user: users.find(({ name }) => name === context?.user),
    };
  } catch (error) {
    throw new WorkshopError('usage', `could not read the kubeconfig ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** What stands in the kubeconfig itself, or in the file that it names. */
function pem(kubeconfig: string, data?: string, file?: string): string | undefined {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? readFileSync(resolve(dirname(kubeconfig), file), 'utf8') : undefined;
}
