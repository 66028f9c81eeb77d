import type { Lab } from '../lab.ts';

/** What the cluster DNS says to a pod: the lines of `nslookup` below the server's own address, or why there are none. */
export interface Lookup {
  addresses: string[];
  /** Port and target of each SRV record. */
  services: { port: number; target: string }[];
  /** Where an alias leads to. */
  alias: string | undefined;
  /** The DNS says that there is no such name. */
  missing: boolean;
  text: string;
}

/** Asks the cluster DNS from the pod debug. A name with dots is taken as it is, without the search path. */
export async function lookUp(
  lab: Lab,
  name: string,
  type: 'a' | 'srv' | 'cname' = 'a',
  namespace = lab.namespace,
): Promise<Lookup> {
  const argv = ['timeout', '3', 'nslookup', `-type=${type}`, name];
  const { stdout, stderr } = await lab.inPod('debug', argv, { namespace });
  return parse(`${stdout}\n${stderr}`);
}

/** The name that is valid everywhere. */
export function fullName(lab: Lab, name: string): string {
  return `${name}.${lab.namespace}.svc.${lab.cluster.domain}`;
}

function parse(text: string): Lookup {
  const answer = text.includes('Name:') ? text.slice(text.indexOf('Name:')) : '';
  const problem = text.split('\n').find((line) => /can't|timed out|refused/i.test(line));
  return {
    addresses: [...answer.matchAll(/Address[^:]*:\s*(\d+\.\d+\.\d+\.\d+)\s*$/gm)]
      .map(([, ip = '']) => ip)
      .sort(),
    services: [...text.matchAll(/service = \d+ \d+ (\d+) (\S+)/g)].map(([, port, target = '']) => ({
      port: Number(port),
      target: target.replace(/\.$/, ''),
    })),
    alias: /canonical name = (\S+)/.exec(text)?.[1]?.replace(/\.$/, ''),
    missing: /NXDOMAIN/.test(text),
    text: problem?.trim() ?? (answer.trim().replace(/\s+/g, ' ') || nothing(text)),
  };
}

/** A server that has the name, but no record of that type, says its own address and no more. */
function nothing(text: string): string {
  return text.includes('Address') ? 'no record of that type' : 'no answer within 3 s';
}
