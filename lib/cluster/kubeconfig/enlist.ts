import { resolve } from 'node:path';
import { messageOf, WorkshopError } from '../../errors.ts';
import { ApiError, isNotFound } from '../../kube/api-error.ts';
import { type Client, createClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/credentials.ts';
import { resources } from '../../kube/resources.ts';
import type { V1Node, V1Service, Wire } from '../../kube/types.ts';
import type { ClusterPaths } from '../../paths.ts';
import type { Settings } from '../../settings/settings.ts';
import { readRecord } from '../record.ts';
import { type NodeAccess, nodeAccess, type SshSettings } from '../ssh.ts';
import { type ClusterFacts, contradictions } from './contradictions.ts';
import { currentContext } from './name.ts';
import { readKubeconfigRecord, writeKubeconfigRecord } from './record.ts';

export interface EnlistOptions {
  readonly paths: ClusterPaths;
  /** The user's kubeconfig. */
  readonly file: string;
  readonly settings: Settings;
  /** Where they are from, absolute; undefined for the repository's own. */
  readonly settingsFile?: string | undefined;
  readonly ssh: SshSettings;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a running cluster whether it is what the settings say, and writes down how it and its nodes are reached.
 * Throws WorkshopError: `usage` that names every field that the API contradicts, or for a folder of another cluster;
 * `environment` when the API does not answer.
 */
export async function enlist({
  paths,
  file,
  settings,
  settingsFile,
  ssh,
  signal,
}: EnlistOptions): Promise<void> {
  if (readRecord(paths.record) !== undefined && readKubeconfigRecord(paths.record) === undefined) {
    throw new WorkshopError('usage', `could not use the name ${paths.name}: another cluster has it`, {
      advice: 'another --name, or none',
    });
  }
  const kubeconfig = resolve(file);
  const facts = await ask(kubeconfig, signal);
  const problems = contradictions(settings, facts);
  if (problems.length > 0) {
    const list = problems.length === 1 ? ` ${problems[0]}` : `\n  ${problems.join('\n  ')}`;
    throw new WorkshopError(
      'usage',
      `could not use ${settingsFile ?? 'settings.yaml'} for the cluster of ${file}:${list}`,
      {
        advice: 'the settings of that cluster with --settings FILE',
      },
    );
  }
  const access: Record<string, NodeAccess> = {};
  for (const node of settings.nodes) access[node.name] = await nodeAccess(node, ssh, signal);
  const context = currentContext(kubeconfig);
  writeKubeconfigRecord(paths.record, {
    backend: 'kubeconfig',
    name: paths.name,
    kubeconfig,
    context,
    settings,
    settingsFile,
    ssh,
    access,
  });
}

const patienceMs = 15_000;

async function ask(kubeconfig: string, signal?: AbortSignal): Promise<ClusterFacts> {
  const client = createClient(loadKubeconfig(kubeconfig));
  const inTime = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]);
  try {
    const [{ items }, firstService, dns] = await Promise.all([
      client.list<Wire<V1Node>>(resources.nodes, { signal: inTime }),
      clusterIp(client, 'default', 'kubernetes', inTime),
      clusterIp(client, 'kube-system', 'kube-dns', inTime),
    ]);
    return { nodes: items, firstService, dns };
  } catch (cause) {
    signal?.throwIfAborted();
    const why = inTime.aborted ? `no answer within ${patienceMs / 1000} s` : messageOf(cause);
    const what = cause instanceof ApiError ? 'could not use' : 'could not reach';
    throw new WorkshopError('environment', `${what} the cluster of ${kubeconfig}: ${why}`, {
      advice: `kubectl --kubeconfig ${kubeconfig} get nodes`,
      cause,
    });
  } finally {
    client.close();
  }
}

async function clusterIp(
  client: Client,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const service = await client.get<Wire<V1Service>>(resources.services, { namespace, name }, { signal });
    return service.spec?.clusterIP;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
