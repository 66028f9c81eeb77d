import { canonicalize } from '../quantity.ts';
import { dropZero } from '../zero.ts';
import { tagOf } from './image.ts';
import type { Container, Handler, Probe } from './object.ts';

/** Defaults of one container (pkg/apis/core/v1/defaults.go SetDefaults_Container). Changes it in place. */
export function setContainerDefaults(container: Container): void {
  container.imagePullPolicy ||= tagOf(container.image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  for (const list of [container.resources.limits, container.resources.requests]) {
    canonicalize(list, ...Object.keys(list ?? {}));
  }
  dropZero(container, 'workingDir', 'stdin', 'stdinOnce', 'tty', 'command', 'args');
  for (const port of container.ports ?? []) {
    port.protocol ||= 'TCP';
    dropZero(port, 'name', 'hostPort', 'hostIP');
  }
  for (const mount of container.volumeMounts ?? []) dropZero(mount, 'readOnly', 'subPath', 'subPathExpr');
  for (const variable of container.env ?? []) {
    dropZero(variable, 'value');
    const { fieldRef, resourceFieldRef } = variable.valueFrom ?? {};
    if (fieldRef) fieldRef.apiVersion ||= 'v1';
    if (resourceFieldRef) resourceFieldRef.divisor ??= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) setProbeDefaults(probe);
  }
}

function setProbeDefaults(probe: Probe): void {
  dropZero(probe, 'initialDelaySeconds');
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.grpc) probe.grpc.service ??= '';
  setHandlerDefaults(probe);
}

/** Fills in path and scheme of an HTTP handler (upstream: SetDefaults_HTTPGetAction). */
export function setHandlerDefaults({ httpGet }: Pick<Handler, 'httpGet'>): void {
  if (!httpGet) return;
  httpGet.path ||= '/';
  httpGet.scheme ||= 'HTTP';
}
