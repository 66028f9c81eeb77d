import { resources } from '../../../lib/kube/resources.ts';
import { nameOf, namespaceOf, type Pod, type ReplicaSet } from '../objects.ts';
import { controllerReference } from '../owners.ts';

/** The longest prefix to which the API server still appends its five characters. */
const longestPrefix = 58;

/** A pod that the ReplicaSet asks for; the API server completes its name. */
export function podFromTemplate(replicaSet: ReplicaSet): Pod {
  const template = replicaSet.spec?.template;
  return {
    metadata: {
      generateName: `${nameOf(replicaSet)}-`.slice(0, longestPrefix),
      namespace: namespaceOf(replicaSet),
      ...(template?.metadata?.labels && { labels: template.metadata.labels }),
      ...(template?.metadata?.annotations && { annotations: template.metadata.annotations }),
      ...(template?.metadata?.finalizers && { finalizers: template.metadata.finalizers }),
      ownerReferences: [controllerReference(resources.replicaSets, replicaSet)],
    },
    ...(template?.spec && { spec: template.spec }),
  };
}
