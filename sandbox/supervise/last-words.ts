import { codeOf, type Fault, messageOf, WorkshopError } from '../../lib/errors.ts';

/** Why a supervisor could not go on, for the command that has started it. */
export interface LastWords {
  readonly fault: Fault;
  readonly message: string;
  readonly advice?: string | undefined;
}

/** Whose fault an error is, and its sentence. Anything unknown is a fault of the workshop. */
export function lastWordsOf(error: unknown): LastWords {
  if (error instanceof WorkshopError) {
    return { fault: error.fault, message: error.message, advice: error.advice };
  }
  // Errors of the system speak of the machine: a full disk, a port that is taken, missing rights.
  const fault = codeOf(error) === undefined ? 'bug' : 'environment';
  return { fault, message: `could not start the cluster: ${messageOf(error)}` };
}

/** Sends them over the IPC channel, if there is one and somebody listens. Resolves when that is over. */
export function tellStarter(words: LastWords): Promise<void> {
  const { send } = process;
  if (!send || !process.connected) return Promise.resolve();
  return new Promise((resolve) => send.call(process, words, () => resolve()));
}
