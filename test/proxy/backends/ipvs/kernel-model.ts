import type { Steps } from '../../../../proxy/backends/ipvs/diff.ts';

/** A kernel that takes our programs' lines and refuses what the real one would refuse. */
export interface KernelModel {
  /** Selector → its settings and real servers with weights. */
  readonly servers: Map<string, { settings: string; reals: Map<string, string> }>;
  readonly sets: Map<string, Map<string, string>>;
  readonly addresses: Set<string>;
  apply(steps: Steps): void;
}

export function createKernelModel(): KernelModel {
  const model: KernelModel = {
    servers: new Map(),
    sets: new Map(),
    addresses: new Set(),
    apply(steps) {
      for (const line of steps.before) setLine(model, line);
      for (const line of steps.marked) serverLine(model, line);
      for (const line of steps.marks) setLine(model, line);
      for (const line of steps.servers) serverLine(model, line);
      for (const line of steps.addresses) addressLine(model, line);
      for (const line of steps.after) setLine(model, line);
    },
  };
  return model;
}

function setLine({ sets }: KernelModel, line: string): void {
  const [, verb, name = '', element = '', rest = ''] = /^(add|del) -exist (\S+) (\S+)(.*)$/.exec(line) ?? [];
  if (verb === undefined) throw new Error(`not an ipset line: ${line}`);
  const set = sets.get(name) ?? new Map<string, string>();
  sets.set(name, set);
  if (verb === 'add') set.set(element, rest.trim());
  else set.delete(element);
  if (set.size === 0) sets.delete(name);
}

const pattern = /^-([AEDaed]) ((?:-t|-u|--sctp-service) \S+|-f \d+(?: -6)?)(?: -r (\S+))?(.*)$/;

function serverLine({ servers }: KernelModel, line: string): void {
  const [, verb, at = '', real = '', rest = ''] = pattern.exec(line) ?? [];
  const server = servers.get(at);
  if (verb === 'A') {
    if (server) throw new Error(`Service already exists: ${line}`);
    servers.set(at, { settings: rest.trim(), reals: new Map() });
    return;
  }
  if (!server) throw new Error(`No such service: ${line}`);
  if (verb === 'D') servers.delete(at);
  else if (verb === 'E') server.settings = rest.trim();
  else if (verb === 'a') {
    if (server.reals.has(real)) throw new Error(`Destination already exists: ${line}`);
    server.reals.set(real, rest.trim());
  } else {
    if (!server.reals.has(real)) throw new Error(`No such destination: ${line}`);
    if (verb === 'e') server.reals.set(real, rest.trim());
    else server.reals.delete(real);
  }
}

function addressLine({ addresses }: KernelModel, line: string): void {
  const [, verb, address = ''] = /^addr (replace|del) (\S+) dev kube-ipvs0/.exec(line) ?? [];
  if (verb === 'replace') addresses.add(address);
  else if (!addresses.delete(address)) throw new Error(`Cannot assign requested address: ${line}`);
}
