import type { Lab } from '../lab.ts';
import { note, noted } from '../steps/notes.ts';
import { askForMode, proxyState } from '../steps/proxy-mode.ts';

const noteOfModes = 'modes-at-the-start';

/** Notes what a node's proxy is asked to run, unless that was noted before. */
export async function rememberMode(lab: Lab, node: string): Promise<void> {
  const modes = await remembered(lab);
  if (node in modes) return;
  const { asked } = await proxyState(lab, node);
  await note(lab, noteOfModes, JSON.stringify({ ...modes, [node]: asked }));
}

/** Asks every proxy that a step changed for what it ran before. */
export async function ownModeBack(lab: Lab): Promise<void> {
  const modes = await remembered(lab);
  await Promise.all(
    Object.entries(modes).map(async ([node, own]) => {
      const { asked } = await proxyState(lab, node);
      if (asked.mode === own.mode) return;
      await askForMode(lab, node, own.mode, own.mode === 'userspace' ? undefined : own.scheduler);
    }),
  );
}

/** By node, what its proxy was asked for at the start. */
export async function remembered(lab: Lab): Promise<Record<string, { mode: string; scheduler: string }>> {
  return JSON.parse((await noted(lab, noteOfModes)) || '{}') as Record<
    string,
    { mode: string; scheduler: string }
  >;
}
