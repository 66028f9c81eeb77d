import { parseYaml } from '../../../lib/yaml.ts';
import { files } from './layout.ts';

/** Where a proxy tells of itself, seen from its node; undefined what its configuration turns off. */
export interface OwnPorts {
  /** The mode at work, which is there once the kernel has all rules. */
  readonly configz: string | undefined;
  readonly healthz: string | undefined;
}

/** Reads them from the text of a KubeProxyConfiguration; the defaults are kube-proxy's. */
export function ownPorts(config: string): OwnPorts {
  const given = (parseYaml(config, files.config) ?? {}) as Readonly<Record<string, unknown>>;
  const url = (field: string, byDefault: string, path: string) => {
    const text = String(given[field] || byDefault);
    const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(text) ?? [];
    return port === '' ? undefined : `http://${own[host] ?? host}:${port}${path}`;
  };
  return {
    configz: url('metricsBindAddress', '127.0.0.1:10249', '/configz'),
    healthz: url('healthzBindAddress', '0.0.0.0:10256', '/healthz'),
  };
}

const own: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };
