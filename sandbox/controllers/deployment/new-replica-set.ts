import { resources } from '../../../lib/kube/resources.ts';
import { type Deployment, nameOf, namespaceOf, type ReplicaSet } from '../objects.ts';
import { controllerReference } from '../owners.ts';
import { templateHash } from '../template-hash.ts';
import { desiredAnnotation, inheritedAnnotations, maxAnnotation, revisionAnnotation } from './annotations.ts';
import { desiredSize, fenceposts } from './sizes.ts';

/** The ReplicaSet for a Deployment's present template. Its name is a function of the template, so it is made once. */
export function newReplicaSet(deployment: Deployment, replicas: number, revision: number): ReplicaSet {
  const template = deployment.spec?.template;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template?.metadata?.labels, 'pod-template-hash': hash };
  const selector = deployment.spec?.selector;
  const desired = desiredSize(deployment);
  return {
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: {
        ...inheritedAnnotations(deployment.metadata?.annotations),
        [revisionAnnotation]: String(revision),
        [desiredAnnotation]: String(desired),
        [maxAnnotation]: String(desired + fenceposts(deployment).maxSurge),
      },
      ownerReferences: [controllerReference(resources.deployments, deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: deployment.spec?.minReadySeconds ?? 0,
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
}
