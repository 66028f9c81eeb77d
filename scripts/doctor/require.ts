import { WorkshopError } from '../../lib/errors.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkPlatform } from './platform.ts';
import { checkPrograms } from './programs.ts';

/** Throws WorkshopError `environment` with the one thing to do when this machine cannot run the sandbox. */
export async function requireMachine(signal: AbortSignal): Promise<void> {
  const findings = [...checkPlatform(process.platform), ...checkPrograms(process.env['PATH'])];
  if (findings.every(({ ok }) => ok)) findings.push(...(await checkNamespaces({ signal })));
  const first = findings.find(({ ok, required }) => !ok && required);
  if (!first) return;
  throw new WorkshopError('environment', `could not start the cluster: ${first.message}`, {
    ...(first.advice !== undefined && { advice: first.advice }),
  });
}
