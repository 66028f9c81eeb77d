import { codeOf } from '../../../lib/errors.ts';
import type { Container } from '../pods/pod.ts';

export interface ProbeResult {
  success: boolean;
  /** What the probe said, for the event. */
  output: string;
}

/** A port by number, or by the name that the container gives it. Throws when the name is unknown. */
export function portOf(port: number | string | object, container: Container): number {
  const text = String(port);
  if (/^\d+$/.test(text)) return Number(text);
  const named = container.ports?.find(({ name }) => name === text);
  if (!named) throw new Error(`couldn't find port: "${text}"`);
  return named.containerPort;
}

/** A failed connection in the words of Go's net package, which the kubelet's events carry. */
export function dialError(error: unknown, host: string, port: number): string {
  const words: Record<string, string> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
  };
  const code = codeOf(error);
  const known = code === undefined ? undefined : words[code];
  if (known) return `dial tcp ${host}:${port}: ${known}`;
  if (code === 'ECONNRESET') return 'EOF';
  return error instanceof Error ? error.message : String(error);
}
