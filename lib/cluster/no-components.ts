import { WorkshopError } from '../errors.ts';
import type { Components } from './components.ts';

/** The components of a cluster that is no sandbox: there are none to stop, and trying says so. `what` is what it is made of. */
export function noComponents(what: string): Components {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new WorkshopError('usage', `could not do this with ${what}: only the sandbox has such components`),
    );
  return { status: async () => [], stop: refuse, start: refuse, kill: refuse };
}
