import type { RenderOptions } from '../../labs/course/markdown/render.ts';
import type { Context } from '../cli/command.ts';

/** How wide the terminal is, and whether results may be coloured: not in a file or a pipe. */
export function paperOf({ color }: Pick<Context, 'color'>): RenderOptions {
  return { width: process.stdout.columns ?? 80, color: color && process.stdout.isTTY === true };
}
