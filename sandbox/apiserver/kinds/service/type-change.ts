import { semanticEqual } from '../../validation/equal.ts';
import type { ServiceObject, ServiceSpec } from './object.ts';
import {
  allocatesNodePorts,
  hasNodePorts,
  isExternallyAccessible,
  isExternalName,
  needsHealthCheckPort,
  nodePortsOf,
} from './object.ts';

/**
 * Keeps what the cluster gave a Service when the new version leaves it out, so that the same manifest can be sent
 * again (registry/core/service/storage patchAllocatedValues).
 */
export function carryOver(spec: ServiceSpec, old: ServiceSpec): void {
  if (!isExternalName(spec) && !isExternalName(old)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs && old.clusterIPs) spec.clusterIPs = [...old.clusterIPs];
  }
  if (allocatesNodePorts(spec) && allocatesNodePorts(old)) carryNodePorts(spec, old);
  if (needsHealthCheckPort(spec) && needsHealthCheckPort(old) && old.healthCheckNodePort) {
    spec.healthCheckNodePort ??= old.healthCheckNodePort;
  }
}

function carryNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  const before = nodePortsOf(old);
  const stillUsed = new Set(nodePortsOf(spec).filter((port) => before.includes(port)));
  const byName = new Map((old.ports ?? []).map((port) => [port.name ?? '', port.nodePort]));
  for (const port of spec.ports ?? []) {
    const known = byName.get(port.name ?? '');
    if (!port.nodePort && known && !stillUsed.has(known)) port.nodePort = known;
  }
}

/** Brings `clusterIP` and `clusterIPs` in line when only one of them was given (normalizeClusterIPs). */
export function normalizeClusterIPs(spec: ServiceSpec, old: ServiceSpec | undefined): void {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  if (old.clusterIPs && !spec.clusterIPs && old.clusterIP === spec.clusterIP) {
    spec.clusterIPs = [...old.clusterIPs];
  }
  if (old.clusterIP === spec.clusterIP || !semanticEqual(old.clusterIPs, spec.clusterIPs)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

/**
 * Takes away what the new type has no use for, unless the same change also set it: then validation refuses it
 * (registry/core/service/strategy.go dropTypeDependentFields).
 */
export function dropTypeDependentFields(service: ServiceObject, { spec: old }: ServiceObject): void {
  const { spec } = service;
  if (!isExternalName(old) && isExternalName(spec)) dropClusterIPs(spec, old);
  if (hasNodePorts(old) && !hasNodePorts(spec) && addsNoNodePort(spec, old)) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheckPort(old) && !needsHealthCheckPort(spec)) dropSame(spec, old, 'healthCheckNodePort');
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    dropSame(spec, old, 'allocateLoadBalancerNodePorts');
    dropSame(spec, old, 'loadBalancerClass');
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(spec))
    dropSame(spec, old, 'externalTrafficPolicy');
  if (spec.type !== 'LoadBalancer') service.status = { ...service.status, loadBalancer: {} };
}

function dropClusterIPs(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.clusterIP === old.clusterIP && semanticEqual(spec.clusterIPs, old.clusterIPs)) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  dropSame(spec, old, 'ipFamilies');
  dropSame(spec, old, 'ipFamilyPolicy');
}

function dropSame(spec: ServiceSpec, old: ServiceSpec, field: keyof ServiceSpec): void {
  if (semanticEqual(spec[field], old[field])) delete spec[field];
}

function addsNoNodePort(spec: ServiceSpec, old: ServiceSpec): boolean {
  const before = nodePortsOf(old);
  return nodePortsOf(spec).every((port) => before.includes(port));
}
