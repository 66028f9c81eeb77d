import type { V1Endpoints, Wire } from '../../../lib/kube/types.ts';
import { validateAddress, validateEndpointAddress } from '../validation/addresses.ts';
import { semanticEqual } from '../validation/equal.ts';
import type { FieldError } from '../validation/field-error.ts';
import { invalid, notSupported, required } from '../validation/field-error.ts';
import { qualifiedName } from '../validation/labels.ts';
import { dnsLabel, dnsSubdomain } from '../validation/names.ts';
import { validatePortNumber } from '../validation/numbers.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';
import { dropZero } from './zero.ts';

type Subset = NonNullable<Wire<V1Endpoints>['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];

interface EndpointsObject extends StoredObject {
  subsets?: Subset[];
}

export const protocols = ['SCTP', 'TCP', 'UDP'];

export const endpoints = defineKind<EndpointsObject>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  categories: [],
  namespaced: true,
  model: 'V1Endpoints',
  subresources: [],
  columns: [
    nameColumn,
    textColumn(
      'Endpoints',
      'The set of all endpoints is the union of all subsets. Addresses are placed into subsets according to the IPs they share. A single address with multiple ports, some of which are ready and some of which are not (because they come from different containers) will result in the address being displayed in different subsets for the different ports. No address will appear in both Addresses and NotReadyAddresses in the same subset. Sets of addresses and ports that comprise a service.',
      ({ subsets }) => formatSubsets(subsets ?? []),
    ),
    ageColumn,
  ],
  selectable: {},
  hasGeneration: false,
  setDefaults({ subsets = [] }) {
    for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
      for (const address of [...addresses, ...notReadyAddresses]) address.ip ??= '';
      for (const port of ports) {
        port.protocol ||= 'TCP';
        port.port ??= 0;
        dropZero(port, 'name');
      }
    }
  },
  validate: ({ subsets }) => validateSubsets(subsets ?? []),
  validateUpdate: ({ subsets }, old) =>
    semanticEqual(subsets, old.subsets) ? [] : validateSubsets(subsets ?? []),
});

function validateSubsets(subsets: readonly Subset[]): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const field = `subsets[${index}]`;
    const empty = addresses.length + notReadyAddresses.length === 0;
    return [
      ...(empty ? [required(field, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...addresses.flatMap((address, i) => addressErrors(address, `${field}.addresses[${i}]`)),
      ...notReadyAddresses.flatMap((address, i) =>
        addressErrors(address, `${field}.notReadyAddresses[${i}]`),
      ),
      ...ports.flatMap((port, i) => portErrors(port, ports.length > 1, `${field}.ports[${i}]`)),
    ];
  });
}

function addressErrors({ ip, hostname, nodeName }: Address, field: string): FieldError[] {
  return [
    ...validateAddress(ip, `${field}.ip`),
    ...(hostname ? dnsLabel(hostname) : []).map((reason) => invalid(`${field}.hostname`, hostname, reason)),
    ...(nodeName === undefined ? [] : dnsSubdomain(nodeName)).map((reason) =>
      invalid(`${field}.nodeName`, nodeName, reason),
    ),
    ...validateEndpointAddress(ip, `${field}.ip`),
  ];
}

function portErrors(
  { name, port, protocol = '', appProtocol }: Port,
  named: boolean,
  field: string,
): FieldError[] {
  const nameErrors = name
    ? dnsLabel(name).map((reason) => invalid(`${field}.name`, name, reason))
    : named
      ? [required(`${field}.name`)]
      : [];
  return [
    ...nameErrors,
    ...validatePortNumber(port, `${field}.port`),
    ...(protocols.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, protocols)]),
    ...(appProtocol === undefined ? [] : qualifiedName(appProtocol)).map((reason) =>
      invalid(`${field}.appProtocol`, appProtocol, reason),
    ),
  ];
}

/** The first three `address:port`, then how many more; `<none>` without a subset (printers formatEndpoints). */
function formatSubsets(subsets: readonly Subset[]): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  return firstThree(all);
}

/** The first three, and how many more there are, as `kubectl get endpoints` prints them. */
export function firstThree(all: readonly (string | number)[]): string {
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}
