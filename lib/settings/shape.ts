import { parseCidr } from '../ip.ts';
import { didYouMean } from '../suggest.ts';
import {
  drivers,
  type MachineSize,
  type NodeSettings,
  providers,
  proxyModes,
  type Settings,
  schedulers,
  type VagrantSettings,
} from './settings.ts';

/** Reads the fields one by one; what is wrong with any of them goes to `problems` as `path: what`. */
export function checkShape(value: unknown, problems: string[]): Settings {
  const top = fieldsOf(value, '', ['cluster', 'nodes', 'network', 'proxy', 'vagrant'], problems);
  const cluster = fieldsOf(top['cluster'], 'cluster', ['name'], problems);
  const network = fieldsOf(top['network'], 'network', networkFields, problems);
  const proxy = fieldsOf(top['proxy'] ?? {}, 'proxy', ['mode', 'scheduler'], problems);
  const at = (name: string, check: (text: string) => string | undefined) =>
    text(network[name], `network.${name}`, check, problems);
  return {
    cluster: { name: text(cluster['name'], 'cluster.name', labelFault, problems) },
    nodes: nodesOf(top['nodes'], problems),
    network: {
      nodes: at('nodes', cidrFault),
      pods: at('pods', cidrFault),
      services: at('services', cidrFault),
      nodePorts: at('nodePorts', portRangeFault),
      dns: at('dns', addressFault),
      domain: at('domain', domainFault),
      loadBalancers: network['loadBalancers'] ? at('loadBalancers', addressRangeFault) : undefined,
    },
    proxy: {
      mode: oneOf(proxy['mode'], 'proxy.mode', proxyModes, problems),
      scheduler: oneOf(proxy['scheduler'], 'proxy.scheduler', schedulers, problems),
    },
    vagrant: vagrantOf(top['vagrant'], problems),
  };
}

const networkFields = ['nodes', 'pods', 'services', 'nodePorts', 'dns', 'domain', 'loadBalancers'];

function nodesOf(value: unknown, problems: string[]): NodeSettings[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push('nodes: must be a list of at least one node');
    return [];
  }
  return value.map((item: unknown, index) => {
    const node = fieldsOf(item, `nodes[${index}]`, ['name', 'address'], problems);
    return {
      name: text(node['name'], `nodes[${index}].name`, labelFault, problems),
      address: text(node['address'], `nodes[${index}].address`, addressFault, problems),
    };
  });
}

function vagrantOf(value: unknown, problems: string[]): VagrantSettings {
  const known = ['provider', 'driver', 'box', 'master', 'workers'];
  const vagrant = fieldsOf(value ?? {}, 'vagrant', known, problems);
  return {
    provider: oneOf(vagrant['provider'], 'vagrant.provider', providers, problems),
    driver: oneOf(vagrant['driver'], 'vagrant.driver', drivers, problems),
    box: text(vagrant['box'] ?? 'auto', 'vagrant.box', boxFault, problems),
    master: sizeOf(vagrant['master'], 'vagrant.master', { memory: 4096, cpus: 2 }, problems),
    workers: sizeOf(vagrant['workers'], 'vagrant.workers', { memory: 2048, cpus: 1 }, problems),
  };
}

function sizeOf(value: unknown, path: string, usual: MachineSize, problems: string[]): MachineSize {
  const size = fieldsOf(value ?? {}, path, ['memory', 'cpus'], problems);
  return {
    memory: wholeNumber(size['memory'] ?? usual.memory, `${path}.memory`, leastMemory, problems),
    cpus: wholeNumber(size['cpus'] ?? usual.cpus, `${path}.cpus`, 1, problems),
  };
}

/** MiB; kubeadm refuses a control plane with less than 1700, and a worker with less cannot hold the labs' pods. */
const leastMemory = 1700;

function wholeNumber(value: unknown, path: string, least: number, problems: string[]): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
  problems.push(`${path}: must be a whole number from ${least}, not ${JSON.stringify(value)}`);
  return least;
}

function boxFault(name: string): string | undefined {
  return /^[\w.-]+(\/[\w.-]+)?$/.test(name) ? undefined : `"${name}" is not the name of a box`;
}

function fieldsOf(
  value: unknown,
  path: string,
  known: readonly string[],
  problems: string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`${path || 'the file'}: must be a map with ${known.join(', ')}`);
    return {};
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      problems.push(`${path === '' ? key : `${path}.${key}`}: unknown field${didYouMean(key, known)}`);
    }
  }
  return value as Record<string, unknown>;
}

function text(
  value: unknown,
  path: string,
  fault: (text: string) => string | undefined,
  problems: string[],
): string {
  if (value === undefined || value === null) problems.push(`${path}: is missing`);
  else if (typeof value !== 'string') problems.push(`${path}: must be text, not ${JSON.stringify(value)}`);
  else {
    const wrong = fault(value);
    if (wrong !== undefined) problems.push(`${path}: ${wrong}`);
    return value;
  }
  return '';
}

function oneOf<T extends string>(value: unknown, path: string, known: readonly T[], problems: string[]): T {
  const [first] = known as readonly [T, ...T[]];
  if (value === undefined || value === null) return first;
  const match = known.find((option) => option === value);
  if (match === undefined) {
    problems.push(
      `${path}: ${String(value)} is none of ${known.join(', ')}${didYouMean(String(value), known)}`,
    );
  }
  return match ?? first;
}

/** Says what keeps `name` from being a DNS label (RFC 1123), which names of nodes and clusters must be. */
export function labelFault(name: string): string | undefined {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return undefined;
  return `"${name}" must be lower-case letters, digits and "-", a letter or digit at both ends, at most 63`;
}

function domainFault(domain: string): string | undefined {
  return domain.split('.').map(labelFault).find(Boolean);
}

const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const addressPattern = new RegExp(`^${octet}(\\.${octet}){3}$`);

function addressFault(address: string): string | undefined {
  return addressPattern.test(address) ? undefined : `"${address}" is not an IPv4 address`;
}

function cidrFault(cidr: string): string | undefined {
  try {
    return parseCidr(cidr).family === 'IPv4' ? undefined : `"${cidr}" is not an IPv4 network`;
  } catch (error) {
    return (error as RangeError).message;
  }
}

function portRangeFault(range: string): string | undefined {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(range) ?? [];
  if (from === undefined || to === undefined) return `"${range}" is not a range such as 30000-32767`;
  const ordered = Number(from) >= 1 && Number(from) <= Number(to) && Number(to) <= 65_535;
  return ordered ? undefined : `"${range}" must go upwards, between 1 and 65535`;
}

function addressRangeFault(range: string): string | undefined {
  const ends = range.split('-');
  if (ends.length === 2 && ends.every((end) => addressFault(end) === undefined)) return undefined;
  return `"${range}" is not a range such as 192.168.56.240-192.168.56.250`;
}
