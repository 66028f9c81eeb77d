import type { FieldError } from '../../validation/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../validation/field-error.ts';
import { regexReason } from '../../validation/names.ts';
import {
  validateNonnegative,
  validatePortNumber,
  validatePortNumberOrName,
} from '../../validation/numbers.ts';
import type { Container, Handler, Probe } from './object.ts';

type AnyHandler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<Handler, 'sleep'>;

/** The three probes of a container (core/validation validateLivenessProbe and its kin); `grace` in seconds. */
export function validateProbes(container: Container, grace: number | undefined, path: string): FieldError[] {
  return (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((name) => {
    const probe = container[name];
    if (!probe) return [];
    const field = `${path}.${name}`;
    const errors = [...handlerErrors(probe, grace, field), ...timingErrors(probe, field)];
    const { successThreshold, terminationGracePeriodSeconds } = probe;
    if (name !== 'readinessProbe') {
      return successThreshold === 1
        ? errors
        : [...errors, invalid(`${field}.successThreshold`, successThreshold, 'must be 1')];
    }
    if (terminationGracePeriodSeconds === undefined) return errors;
    const reason = 'must not be set for readinessProbes';
    return [
      ...errors,
      invalid(`${field}.terminationGracePeriodSeconds`, terminationGracePeriodSeconds, reason),
    ];
  });
}

function timingErrors(probe: Probe, field: string): FieldError[] {
  const { terminationGracePeriodSeconds: grace } = probe;
  const names = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const;
  return [
    ...names.flatMap((name) => validateNonnegative(probe[name], `${field}.${name}`)),
    ...(grace !== undefined && grace <= 0
      ? [invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')]
      : []),
  ];
}

/** What is wrong with a container's postStart and preStop (upstream: validateLifecycle). `grace` in seconds. */
export function validateLifecycle(
  { lifecycle }: Container,
  grace: number | undefined,
  path: string,
): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((name) => {
    const handler = lifecycle?.[name];
    return handler ? handlerErrors(handler, grace, `${path}.lifecycle.${name}`) : [];
  });
}

/** Exactly one way to act (validateHandler). */
function handlerErrors(handler: AnyHandler, grace: number | undefined, field: string): FieldError[] {
  const [first, ...others] = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter(
    (name) => handler[name],
  );
  if (!first) return [required(field, 'must specify a handler type')];
  return [
    ...actionErrors(handler, first, grace, `${field}.${first}`),
    ...others.map((name) => forbidden(`${field}.${name}`, 'may not specify more than 1 handler type')),
  ];
}

function actionErrors(handler: AnyHandler, name: keyof AnyHandler, grace = 0, field: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (name === 'exec') return exec?.command?.length ? [] : [required(`${field}.command`)];
  if (name === 'httpGet' && httpGet) return httpErrors(httpGet, field);
  if (name === 'tcpSocket' && tcpSocket) return validatePortNumberOrName(tcpSocket.port, `${field}.port`);
  if (name === 'grpc' && grpc) return validatePortNumber(grpc.port, `${field}.port`);
  if (!sleep || (sleep.seconds >= 0 && sleep.seconds <= grace)) return [];
  const reason = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
  return [invalid(field, sleep.seconds, reason)];
}

function httpErrors(get: NonNullable<Handler['httpGet']>, field: string): FieldError[] {
  const { scheme = '', httpHeaders = [] } = get;
  const schemes = ['HTTP', 'HTTPS'];
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [
    ...validatePortNumberOrName(get.port, `${field}.port`),
    ...(schemes.includes(scheme) ? [] : [notSupported(`${field}.scheme`, scheme, schemes)]),
    ...httpHeaders
      .filter(({ name }) => !/^[-A-Za-z0-9]+$/.test(name))
      .map(({ name }) =>
        invalid(`${field}.httpHeaders`, name, regexReason(rule, '[-A-Za-z0-9]+', 'X-Header-Name')),
      ),
  ];
}
