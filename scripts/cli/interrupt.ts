export interface Interruptible {
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM, undefined when neither came. */
  exitCode(): number | undefined;
  release(): void;
}

/** Turns the first Ctrl-C or SIGTERM into an abort; a second one ends the process at once. */
export function interruptible(): Interruptible {
  const controller = new AbortController();
  let code: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    const next = name === 'SIGINT' ? 130 : 143;
    if (code !== undefined) process.exit(next);
    code = next;
    controller.abort(new DOMException('interrupted', 'AbortError'));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
