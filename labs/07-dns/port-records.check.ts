import type { Check, Lab } from '../lab.ts';
import { type Look, until } from '../steps/until.ts';
import { fullName, lookUp } from './records.ts';

export const portRecords: Check = {
  claims: ['S-09'],
  title: 'the SRV record of a named port gives its number',
  look: 'the names of the ports in kubectl get service my-service --output yaml; nslookup -type=srv in debug',
  async run(lab) {
    const http = await portOf(lab, 'http', 80);
    const https = await portOf(lab, 'https', 443);
    lab.seen(`_http._tcp leads to port ${http}, _https._tcp to ${https}`);
  },
};

/** The port of the SRV record of that port name. Throws when it is not the expected one within 5 s. */
export async function portOf(lab: Lab, name: string, expected: number): Promise<number> {
  const record = `_${name}._tcp.${fullName(lab, 'my-service')}`;
  return until(
    lab,
    async (): Promise<Look<number>> => {
      const { services, text } = await lookUp(lab, record, 'srv');
      const [first] = services;
      if (first?.port === expected && services.length === 1) return { found: first.port };
      return { yet: first ? `the port ${first.port} at ${first.target}` : text };
    },
    { expected: `the SRV record ${record} to give the port ${expected}`, timeoutMs: 5000 },
  );
}
