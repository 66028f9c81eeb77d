import type { FieldError } from '../../validation/field-error.ts';
import { internal, invalid } from '../../validation/field-error.ts';
import type { KindContext } from '../kind.ts';
import { staticBand } from './addresses.ts';
import type { ServiceObject, ServicePort, ServiceSpec } from './object.ts';
import { allocatesNodePorts, hasNodePorts, needsHealthCheckPort, nodePortsOf } from './object.ts';

/**
 * Gives ports their node ports and a LoadBalancer of policy Local its health check port
 * (registry/core/service/storage/alloc.go). Changes `spec` in place; `old` is undefined on create.
 */
export function allocateNodePorts(
  spec: ServiceSpec,
  old: ServiceSpec | undefined,
  context: KindContext,
): FieldError[] {
  if (!hasNodePorts(spec)) return [];
  const pool = poolOf(context, old);
  const errors = old ? updatePorts(spec, pool) : createPorts(spec, pool);
  if (errors.length > 0) return errors;
  return needsHealthCheckPort(spec) && !(old && needsHealthCheckPort(old)) ? healthCheckPort(spec, pool) : [];
}

function createPorts(spec: ServiceSpec, pool: Pool): FieldError[] {
  const ports = spec.ports ?? [];
  const byPort = new Map<number, number>();
  for (const [index, port] of ports.entries()) {
    if (!port.nodePort && !allocatesNodePorts(spec)) continue;
    const given = byPort.get(port.port);
    if (given !== undefined && (!port.nodePort || port.nodePort === given)) {
      port.nodePort = given;
      continue;
    }
    const wanted = given === undefined ? requestedFor(port.port, ports) : port.nodePort;
    const result = wanted ? pool.claim(wanted) : pool.any();
    if (typeof result === 'string') return [refuse(index, wanted, result)];
    port.nodePort = result;
    if (given === undefined) byPort.set(port.port, result);
  }
  return [];
}

/** The same number for TCP and UDP: one port of the list that names a node port speaks for all of its number. */
function requestedFor(port: number, ports: readonly ServicePort[]): number | undefined {
  return ports.find((other) => other.port === port && other.nodePort)?.nodePort;
}

function updatePorts(spec: ServiceSpec, pool: Pool): FieldError[] {
  for (const [index, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !allocatesNodePorts(spec)) continue;
    if (port.nodePort && pool.mine.has(port.nodePort)) continue;
    const result = port.nodePort ? pool.claim(port.nodePort) : pool.any();
    if (typeof result === 'string') return [refuse(index, port.nodePort, result)];
    port.nodePort = result;
    pool.mine.add(result);
  }
  return [];
}

function refuse(index: number, port: number | undefined, reason: string): FieldError {
  const field = `spec.ports[${index}].nodePort`;
  return port ? invalid(field, port, reason) : internal(field, `failed to allocate a nodePort: ${reason}`);
}

function healthCheckPort(spec: ServiceSpec, pool: Pool): FieldError[] {
  const wanted = spec.healthCheckNodePort;
  const result = wanted ? pool.claim(wanted) : pool.any();
  if (typeof result === 'number') {
    spec.healthCheckNodePort = result;
    return [];
  }
  const which = wanted ? `requested HealthCheck NodePort ${wanted}` : 'a HealthCheck NodePort 0';
  return [internal('spec.healthCheckNodePort', `failed to allocate ${which}: ${result}`)];
}

interface Pool {
  /** Node ports that this Service holds already. */
  readonly mine: Set<number>;
  /** Takes one port; the reason when it cannot be had. */
  claim(port: number): number | string;
  any(): number | string;
}

function poolOf({ config, find, dryRun }: KindContext, old: ServiceSpec | undefined): Pool {
  const [first, last] = config.serviceNodePortRange;
  const taken = allTaken(find('services') as readonly ServiceObject[]);
  if (dryRun) return dryPool(taken, old);
  const take = (port: number) => {
    taken.add(port);
    return port;
  };
  return {
    mine: new Set(old ? nodePortsOf(old) : []),
    claim: (port) => {
      if (port < first || port > last) {
        return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
      }
      return taken.has(port) ? 'provided port is already allocated' : take(port);
    },
    any: () => {
      const free = randomFree(first, last, taken);
      return free === undefined ? 'range is full' : take(free);
    },
  };
}

/**
 * A dry run does not look at the range, and gives numbers beyond every range to those who ask for none
 * (registry/core/service/portallocator/operation.go).
 */
function dryPool(taken: ReadonlySet<number>, old: ServiceSpec | undefined): Pool {
  const given: number[] = [];
  const give = (port: number) => {
    given.push(port);
    return port;
  };
  return {
    mine: new Set(old ? nodePortsOf(old) : []),
    claim: (port) =>
      taken.has(port) || given.includes(port) ? 'provided port is already allocated' : give(port),
    any: () => give(given.length === 0 ? 32_769 : Math.max(...given) + 1),
  };
}

function allTaken(services: readonly ServiceObject[]): Set<number> {
  const taken = new Set<number>();
  for (const { spec } of services) {
    if (!hasNodePorts(spec)) continue;
    for (const { nodePort } of spec.ports ?? []) if (nodePort) taken.add(nodePort);
    if (spec.healthCheckNodePort) taken.add(spec.healthCheckNodePort);
  }
  return taken;
}

/** From a random start above the static band (KEP-3668); in the band only when nothing else is left. */
function randomFree(first: number, last: number, taken: ReadonlySet<number>): number | undefined {
  const band = staticBand(last - first + 1, { step: 32, max: 128 });
  return freeBetween(first + band, last, taken) ?? freeBetween(first, first + band - 1, taken);
}

function freeBetween(first: number, last: number, taken: ReadonlySet<number>): number | undefined {
  const size = last - first + 1;
  const start = Math.floor(Math.random() * size);
  for (let step = 0; step < size; step++) {
    const port = first + ((start + step) % size);
    if (!taken.has(port)) return port;
  }
  return undefined;
}
