import { canonicalize } from '../quantity.ts';
import type { Container, Handler, Probe } from './object.ts';

/** Defaults of one container (pkg/apis/core/v1/defaults.go SetDefaults_Container). Changes it in place. */
export function setContainerDefaults(container: Container): void {
  container.imagePullPolicy ||= tagOf(container.image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  for (const amounts of [container.resources.limits, container.resources.requests]) canonicalize(amounts);
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? [])
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) setProbeDefaults(probe);
  }
}

/** The tag of an image reference; `latest` when it has neither tag nor digest, empty for a digest alone or nonsense. */
function tagOf(image: string): string {
  const [name = '', digest] = image.split('@');
  if (!/^[a-z0-9]/i.test(name) || /[A-Z]/.test(name.replace(/:[^/]*$/, '').replace(/^[^/]*[.:][^/]*\//, '')))
    return '';
  const last = name.slice(name.lastIndexOf('/') + 1);
  const tag = last.includes(':') ? last.slice(last.indexOf(':') + 1) : '';
  return tag || (digest ? '' : 'latest');
}

function setProbeDefaults(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.grpc) probe.grpc.service ??= '';
  setHandlerDefaults(probe);
}

export function setHandlerDefaults({ httpGet }: Pick<Handler, 'httpGet'>): void {
  if (!httpGet) return;
  httpGet.path ||= '/';
  httpGet.scheme ||= 'HTTP';
}
