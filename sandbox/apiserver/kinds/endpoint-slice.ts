import { familyOf } from '../../../lib/ip.ts';
import type { V1EndpointSlice, Wire } from '../../../lib/kube/types.ts';
import { validateAddress, validateEndpointAddress } from '../validation/addresses.ts';
import { semanticEqual, validateImmutable } from '../validation/equal.ts';
import type { FieldError } from '../validation/field-error.ts';
import { duplicate, invalid, notSupported, required, tooMany } from '../validation/field-error.ts';
import { labelValue, qualifiedName, validateLabels } from '../validation/labels.ts';
import { dnsLabel, dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import { firstThree, protocols } from './endpoints.ts';
import type { StoredObject } from './kind.ts';

type WireSlice = Wire<V1EndpointSlice>;
type Endpoint = WireSlice['endpoints'][number];
type Port = NonNullable<WireSlice['ports']>[number];

interface SliceObject extends StoredObject {
  addressType: string;
  endpoints: Endpoint[];
  ports: Port[] | null;
}

export const endpointSlice = defineKind<SliceObject>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  shortNames: [],
  categories: [],
  namespaced: true,
  model: 'V1EndpointSlice',
  subresources: [],
  columns: [
    nameColumn,
    textColumn(
      'AddressType',
      'addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation. The following address types are currently supported: * IPv4: Represents an IPv4 Address. * IPv6: Represents an IPv6 Address. * FQDN: Represents a Fully Qualified Domain Name.',
      ({ addressType }) => addressType,
    ),
    textColumn(
      'Ports',
      'ports specifies the list of network ports exposed by each endpoint in this slice. Each port must have a unique name. When ports is empty, it indicates that there are no defined ports. When a port is defined with a nil port value, it indicates "all ports". Each slice may include a maximum of 100 ports.',
      ({ ports }) => {
        return firstThree((ports ?? []).map(({ port, name }) => port ?? name ?? '*')) || '<unset>';
      },
    ),
    textColumn(
      'Endpoints',
      'endpoints is a list of unique endpoints in this slice. Each slice may include a maximum of 1000 endpoints.',
      ({ endpoints }) => {
        return firstThree((endpoints ?? []).flatMap(({ addresses = [] }) => addresses)) || '<unset>';
      },
    ),
    ageColumn,
  ],
  selectable: {},
  hasGeneration: true,
  changesGeneration: (object, old) =>
    !semanticEqual(object.metadata.labels, old.metadata.labels) ||
    !semanticEqual([object.endpoints, object.ports], [old.endpoints, old.ports]),
  setDefaults(object) {
    object.endpoints ??= [];
    object.ports ??= null;
    for (const { hints } of object.endpoints) for (const zone of hints?.forZones ?? []) zone.name ??= '';
    for (const port of object.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  validate: (object) => validateSlice(object, undefined),
  validateUpdate: (object, old) => [
    ...validateSlice(object, old),
    ...validateImmutable(object.addressType, old.addressType, 'addressType'),
  ],
});

const [maxPorts, maxEndpoints, maxAddresses] = [20_000, 1000, 100];
const types = ['FQDN', 'IPv4', 'IPv6'];

function validateSlice(slice: SliceObject, old: SliceObject | undefined): FieldError[] {
  const { addressType } = slice;
  const unchanged = old !== undefined && semanticEqual(slice.endpoints, old.endpoints);
  return [
    ...(addressType ? [] : [required('addressType')]),
    ...(!addressType || types.includes(addressType) ? [] : [notSupported('addressType', addressType, types)]),
    ...portsErrors(slice.ports ?? []),
    ...(unchanged ? [] : endpointsErrors(slice)),
  ];
}

function portsErrors(ports: readonly Port[]): FieldError[] {
  if (ports.length > maxPorts) return [tooMany('ports', ports.length, maxPorts)];
  return ports.flatMap(({ name = '', protocol = '', appProtocol }, index) => {
    const field = `ports[${index}]`;
    const again = ports.slice(0, index).some((other) => other.name === name);
    return [
      ...(name ? dnsLabel(name) : []).map((reason) => invalid(`${field}.name`, name, reason)),
      ...(again ? [duplicate(`${field}.name`, name)] : []),
      ...(protocols.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, protocols)]),
      ...(appProtocol === undefined ? [] : qualifiedName(appProtocol)).map((reason) =>
        invalid(`${field}.appProtocol`, appProtocol, reason),
      ),
    ];
  });
}

function endpointsErrors({ endpoints, addressType }: SliceObject): FieldError[] {
  if (endpoints.length > maxEndpoints) return [tooMany('endpoints', endpoints.length, maxEndpoints)];
  return endpoints.flatMap((endpoint, index) => {
    const field = `endpoints[${index}]`;
    const { addresses = [], nodeName, hostname } = endpoint;
    return [
      ...countErrors(addresses, `${field}.addresses`),
      ...addresses.flatMap((address, i) => addressErrors(address, addressType, `${field}.addresses`, i)),
      ...(nodeName === undefined ? [] : dnsSubdomain(nodeName)).map((reason) =>
        invalid(`${field}.nodeName`, nodeName, reason),
      ),
      ...validateLabels(endpoint.deprecatedTopology, `${field}.deprecatedTopology`),
      ...(hostname === undefined ? [] : dnsLabel(hostname)).map((reason) =>
        invalid(`${field}.hostname`, hostname, reason),
      ),
      ...zoneErrors(endpoint, `${field}.hints.forZones`),
    ];
  });
}

function countErrors(addresses: readonly string[], field: string): FieldError[] {
  if (addresses.length === 0) return [required(field, 'must contain at least 1 address')];
  return addresses.length > maxAddresses ? [tooMany(field, addresses.length, maxAddresses)] : [];
}

function addressErrors(address: string, type: string, list: string, index: number): FieldError[] {
  const field = `${list}[${index}]`;
  if (type === 'FQDN') return dnsSubdomain(address).map((reason) => invalid(field, address, reason));
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const errors = validateAddress(address, field);
  if (errors.length > 0) return errors;
  const wrong = familyOf(address) === type ? [] : [invalid(list, address, `must be an ${type} address`)];
  return [...wrong, ...validateEndpointAddress(address, field)];
}

function zoneErrors({ hints }: Endpoint, field: string): FieldError[] {
  const names = (hints?.forZones ?? []).map(({ name }) => name);
  if (names.length > 8) return [tooMany(field, names.length, 8)];
  return names.flatMap((name, index) => [
    ...(names.indexOf(name) < index ? [duplicate(`${field}[${index}].name`, name)] : []),
    ...labelValue(name).map((reason) => invalid(`${field}[${index}].name`, name, reason)),
  ]);
}
