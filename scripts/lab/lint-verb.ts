import type { Context } from '../cli/command.ts';
import { lintCourse } from './lint.ts';

/** `workshop lab lint` */
export async function lintVerb({ flags, json, out, signal }: Context): Promise<number> {
  const findings = await lintCourse({ online: flags['online'] === true, signal });
  if (json) out.json(findings);
  else {
    for (const { where, rule, message } of findings) out.line(`${where}: ${rule}: ${message}`);
    out.line(findings.length === 0 ? 'Nothing found.' : `${findings.length} findings.`);
  }
  return findings.length === 0 ? 0 : 5;
}
