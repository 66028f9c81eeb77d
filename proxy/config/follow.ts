import { WorkshopError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type Options, parseOptions } from '../options.ts';
import type { TakeoverState } from '../takeover.ts';
import { watchFile } from './watch-file.ts';

/**
 * Tells of each change of the configuration file that changes what is to be done. A file that cannot be used is logged, and
 * everything stays as it is. Returns how to end it.
 */
export function followConfig(
  options: Options,
  log: Log,
  { onChange, onRejected }: ConfigHandlers,
): () => void {
  const { config, argv } = options;
  if (config === undefined) return () => {};
  let current = options;
  const watch = watchFile(config, () => {
    try {
      onRejected(undefined);
      const fresh = parseOptions(argv);
      for (const field of fresh.unusedFields) log.warn('this field has no effect', { field });
      for (const what of needRestart) {
        if (JSON.stringify(fresh[what]) !== JSON.stringify(current[what]))
          log.warn('a change takes effect after a restart only', { what });
      }
      const changed = JSON.stringify(fresh.plan) !== JSON.stringify(current.plan);
      current = fresh;
      if (!changed) return;
      log.info('the configuration has changed', { mode: fresh.plan.mode, scheduler: fresh.plan.scheduler });
      onChange(fresh);
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      onRejected(error.message);
      log.error('could not take up the changed configuration, going on as before', { error });
    }
  });
  return () => watch.close();
}

export interface ConfigHandlers {
  readonly onChange: (options: Options) => void;
  /** Why the file as it is now cannot be used; undefined when it can. */
  readonly onRejected: (why: string | undefined) => void;
}

const needRestart = ['kubeconfig', 'nodeName', 'healthz', 'metrics', 'bindAddress', 'tcpBeLiberal'] as const;

/** What is in effect, by flag name, as `/configz` shows it. */
export function configz(
  { values, config }: Options,
  takeover: TakeoverState,
  rejected: string | undefined,
): unknown {
  return { rejected, 'proxy.workshop': { config, ...values }, takeover };
}
