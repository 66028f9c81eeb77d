/** Stands for esbuild in the emulated machine, where everything is bundled already. */
export function build(): Promise<never> {
  return Promise.reject(new Error('could not bundle anything in the emulated machine'));
}
