import { parseCidr } from '../../lib/ip.ts';
import type { Controller } from './cluster.ts';
import { deploymentController } from './deployment/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { garbageCollector } from './garbage/controller.ts';
import { endpointSliceMirroringController } from './mirroring/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './node/ipam-controller.ts';
import { nodeLifecycleController } from './node/lifecycle-controller.ts';
import { podRemovalController } from './node/pod-removal-controller.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { scheduler } from './scheduler/controller.ts';
import { namespaceContentsController } from './serviceaccount/controller.ts';

export interface ControllerSettings {
  /** The pod network, for example `172.16.0.0/16`. */
  clusterCidr: string;
  /** Prefix length of each node's part of it. */
  maskSize: number;
  /** A node that is silent for so long is given up. Default 40 s. */
  nodeGraceMs?: number;
}

/** Upstream's --node-monitor-grace-period before 1.32; heartbeats come every ten seconds. */
const nodeGraceMs = 40_000;

/** Everything that runs in this process. Throws RangeError when a network is malformed. */
export function allControllers(settings: ControllerSettings): Controller[] {
  const cidr = parseCidr(settings.clusterCidr);
  const { maskSize } = settings;
  if (!Number.isInteger(maskSize) || maskSize < cidr.prefix || maskSize > 30) {
    throw new RangeError(`a /${maskSize} for each node does not fit into ${settings.clusterCidr}`);
  }
  return [
    nodeIpamController({ cidr, maskSize }),
    nodeLifecycleController(settings.nodeGraceMs ?? nodeGraceMs),
    podRemovalController,
    namespaceContentsController,
    namespaceController,
    garbageCollector,
    scheduler,
    deploymentController,
    replicaSetController,
    endpointSliceController,
    endpointSliceMirroringController,
    endpointsController,
  ];
}
