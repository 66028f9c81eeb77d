import { ExecError, run } from '../../../lib/exec.ts';
import { type Script, scriptText } from './render.ts';

/** Runs one transaction: all of it or nothing. Throws ExecError with nft's own words. */
export async function applyTransaction(text: string, signal?: AbortSignal): Promise<void> {
  if (text !== '') await run('nft', ['-f', '-'], { input: text, signal, timeoutMs: 120_000 });
}

/**
 * Puts a new table in the place of the old one: in one transaction, or where the kernel takes no message that long (as in a user
 * namespace, where net.core.wmem_default bounds it), with a short pause between the old one and the new one.
 */
export async function applyScript(script: Script, signal?: AbortSignal): Promise<void> {
  try {
    await applyTransaction(scriptText(script), signal);
  } catch (error) {
    if (!isTooLong(error)) throw error;
    await applyTransaction(script.prepare, signal);
    for (const piece of script.pieces) await applyTransaction(piece, signal);
    await applyTransaction(script.commit, signal);
  }
}

function isTooLong(thrown: unknown): boolean {
  return thrown instanceof ExecError && /Message too long|No buffer space/.test(thrown.stderr);
}
