import type { Container, EnvVar, PodSpec } from './object.ts';

/**
 * What a pod spec says twice or in vain (pkg/api/pod GetWarningsForPod); `path` is `spec` or `spec.template.spec`.
 */
export function podWarnings(spec: PodSpec, path: string): string[] {
  const lists = [
    ['initContainers', spec.initContainers ?? []],
    ['containers', spec.containers ?? []],
  ] as const;
  const containers = lists.flatMap(([list, all]) =>
    all.map((container, index) => ({ container, field: `${path}.${list}[${index}]` })),
  );
  return [
    ...pullSecretWarnings(spec, `${path}.imagePullSecrets`),
    ...containers.flatMap(({ container, field }) => variableWarnings(container.env ?? [], `${field}.env`)),
    ...portWarnings(containers),
    ...portNameWarnings(containers),
  ];
}

function pullSecretWarnings({ imagePullSecrets = [] }: PodSpec, list: string): string[] {
  const names = imagePullSecrets.map(({ name = '' }) => name);
  return [
    ...names.flatMap((name, index) =>
      names.indexOf(name) < index ? [`${list}[${index}].name: duplicate name ${JSON.stringify(name)}`] : [],
    ),
    ...names.flatMap((name, index) => (name === '' ? [`${list}[${index}].name: invalid empty name ""`] : [])),
  ];
}

/** A second definition that does not build on the first hides it. */
function variableWarnings(variables: readonly EnvVar[], list: string): string[] {
  return variables.flatMap(({ name, value = '', valueFrom }, index) => {
    const again = variables.slice(0, index).some((other) => other.name === name);
    const builds = value.includes(`$(${name})`) && value !== `$(${name})`;
    if (!again || (builds && !valueFrom)) return [];
    const why = 'which may be dropped when using apply';
    return [`${list}[${index}]: hides previous definition of ${JSON.stringify(name)}, ${why}`];
  });
}

interface Placed {
  container: Container;
  field: string;
}

function portWarnings(containers: readonly Placed[]): string[] {
  const seen: { key: string; host: string; field: string; open: boolean }[] = [];
  return placedPorts(containers).flatMap(({ port, field }) => {
    const { containerPort, protocol, hostPort = 0, hostIP = '' } = port;
    const one = {
      key: `${containerPort}/${protocol}`,
      host: `${hostIP}:${hostPort}`,
      field,
      open: hostPort === 0,
    };
    const others = seen.filter(({ key }) => key === one.key);
    seen.push(one);
    return others.flatMap((other) => {
      if (other.host === one.host) return [`${field}: duplicate port definition with ${other.field}`];
      return other.open || one.open ? [`${field}: overlapping port definition with ${other.field}`] : [];
    });
  });
}

function portNameWarnings(containers: readonly Placed[]): string[] {
  const first = new Map<string, string>();
  return placedPorts(containers).flatMap(({ port: { name = '' }, field }) => {
    const other = first.get(name);
    if (name === '' || other === undefined) {
      first.set(name, field);
      return [];
    }
    const text = `duplicate port name ${JSON.stringify(name)} with ${other}`;
    return [`${field}: ${text}, services and probes that select ports by name will use ${other}`];
  });
}

function placedPorts(containers: readonly Placed[]) {
  return containers.flatMap(({ container: { ports = [] }, field }) =>
    ports.map((port, index) => ({ port, field: `${field}.ports[${index}]` })),
  );
}
