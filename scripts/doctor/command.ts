import type { Command } from '../cli/command.ts';
import { addressFindings } from './addresses.ts';
import type { Finding } from './check.ts';
import { checkKernel } from './kernel.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkPlatform } from './platform.ts';
import { checkPrograms } from './programs.ts';
import { checkSpace } from './space.ts';

/** `workshop doctor` */
export const doctor: Command = {
  usage: [''],
  examples: [{ command: 'workshop doctor', does: 'what is there, what is missing, and what to type' }],
  flags: {},
  async run({ out, json, env, settings, signal }) {
    const findings: Finding[] = [
      ...checkPlatform(process.platform),
      ...checkPrograms(env['PATH']),
      ...(await checkNamespaces({ signal })),
      ...(await checkKernel(signal)),
      ...checkSpace(env),
      ...(await addressFindings(settings, signal)),
    ];
    if (json) out.json(findings);
    else for (const finding of findings) out.line(line(finding));
    return findings.some(({ ok, required }) => !ok && required) ? 3 : 0;
  },
};

function line({ ok, required, id, message, advice }: Finding): string {
  const sign = ok ? '✓' : required ? '✗' : '!';
  const next = advice === undefined ? '' : `\n     ${advice}`;
  return ` ${sign} ${id}: ${message}${next}`;
}
