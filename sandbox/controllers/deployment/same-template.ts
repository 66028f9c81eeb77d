import type { Deployment, ReplicaSet } from '../objects.ts';
import { canonicalJson } from '../template-hash.ts';

/** Templates are compared without the label that the controller itself adds. */
export function sameTemplate(deployment: Deployment, replicaSet: ReplicaSet): boolean {
  const { 'pod-template-hash': _hash, ...labels } = replicaSet.spec?.template?.metadata?.labels ?? {};
  const template = replicaSet.spec?.template;
  const own = { ...template, metadata: { ...template?.metadata, labels } };
  const wanted = deployment.spec?.template;
  const other = { ...wanted, metadata: { ...wanted?.metadata, labels: wanted?.metadata?.labels ?? {} } };
  return canonicalJson(own) === canonicalJson(other);
}
