import { EventEmitter, on } from 'node:events';
import type { ProgressEvent } from '../../lib/cluster/control.ts';
import { messageOf } from '../../lib/errors.ts';

/** The steps of coming up, remembered for whoever asks later. */
export interface Steps {
  /** Runs `task` as the step `name`. */
  step<T>(name: string, task: () => Promise<T>): Promise<T>;
  /** Says that everything is ready: followers are let go. */
  finish(): void;
  readonly finished: boolean;
  /** All events so far, then those to come, until `finish`. */
  follow(signal: AbortSignal): AsyncGenerator<ProgressEvent>;
}

/** Remembers the steps of a start, so that who comes late hears all of them too. */
export function createSteps(): Steps {
  const events: ProgressEvent[] = [];
  const emitter = new EventEmitter().setMaxListeners(0);
  let finished = false;

  function tell(event: ProgressEvent): void {
    events.push(event);
    emitter.emit('event');
  }

  return {
    async step(step, task) {
      const from = performance.now();
      tell({ step, state: 'started' });
      try {
        const result = await task();
        tell({ step, state: 'done', ms: performance.now() - from });
        return result;
      } catch (error) {
        tell({ step, state: 'failed', ms: performance.now() - from, error: messageOf(error) });
        throw error;
      }
    },
    finish() {
      finished = true;
      emitter.emit('event');
    },
    get finished() {
      return finished;
    },
    async *follow(signal) {
      const news = on(emitter, 'event', { signal });
      let told = 0;
      for (;;) {
        // More may come while the reader is busy with one.
        for (let event = events[told]; event !== undefined; event = events[told]) {
          told++;
          yield event;
        }
        if (finished) return;
        await news.next();
      }
    },
  };
}
