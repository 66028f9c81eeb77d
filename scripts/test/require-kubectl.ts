import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';

const oldest = 31;

/**
 * The tests let the machine's own kubectl speak to the API server: without one they would prove less than they say. Throws
 * WorkshopError `environment` when there is none, or one from before 1.31 (which executes and forwards by another protocol).
 */
export async function requireKubectl(program = 'kubectl'): Promise<void> {
  const minor = await minorVersion(program).catch((error: unknown) => {
    throw problem(messageOf(error));
  });
  if (minor < oldest) throw problem(`it is 1.${minor}`);
}

async function minorVersion(program: string): Promise<number> {
  const { stdout } = await run(program, ['version', '--client', '--output=json'], { timeoutMs: 20_000 });
  const { clientVersion } = JSON.parse(stdout) as { clientVersion?: { minor?: string } };
  const minor = Number.parseInt(clientVersion?.minor ?? '', 10);
  if (Number.isNaN(minor)) throw new TypeError('it does not tell its version');
  return minor;
}

function problem(why: string): WorkshopError {
  return new WorkshopError(
    'environment',
    `could not use kubectl (the tests need 1.${oldest} or newer): ${why}`,
    {
      advice:
        'apt-get install kubernetes-client (Debian 13), snap install kubectl --classic (Ubuntu), or https://kubernetes.io/docs/tasks/tools/',
    },
  );
}
