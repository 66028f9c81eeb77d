import type { Container, Probe } from '../pods/pod.ts';
import { probeHttp } from './http.ts';
import { type ProbeResult, portOf } from './result.ts';
import { probeTcp } from './tcp.ts';

export interface ProbeTarget {
  address: string;
  container: Container;
  /** Runs a command in the container. */
  exec(command: readonly string[], timeoutMs: number): Promise<ProbeResult>;
}

/** Makes one attempt of a probe. Never throws. */
export async function attemptProbe(
  probe: Probe,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds || 1) * 1000;
  try {
    if (probe.exec) return await target.exec(probe.exec.command ?? [], timeoutMs);
    if (probe.httpGet) return await probeHttp(probe.httpGet, target, timeoutMs, signal);
    const socket = probe.tcpSocket ?? probe.grpc;
    if (socket) {
      const host = ('host' in socket && socket.host) || target.address;
      return await probeTcp(host, portOf(socket.port, target.container), timeoutMs, signal);
    }
    return { success: true, output: '' };
  } catch (error) {
    return { success: false, output: error instanceof Error ? error.message : String(error) };
  }
}
