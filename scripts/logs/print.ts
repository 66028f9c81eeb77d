import { once } from 'node:events';
import { createReadStream, statSync, watch } from 'node:fs';
import type { Output } from '../cli/output.ts';

/** Prints a file, and with `follow` what is added to it until that signal; a file that was emptied is read from its start. */
export async function printLog(file: string, out: Output, follow?: AbortSignal): Promise<void> {
  let at = await printFrom(file, 0, out);
  if (!follow) return;
  const changes = watch(file, { signal: follow });
  try {
    for (;;) {
      const { size } = statSync(file);
      if (size < at) at = 0;
      if (size > at) at = await printFrom(file, at, out);
      else await once(changes, 'change', { signal: follow });
    }
  } finally {
    changes.close();
  }
}

async function printFrom(file: string, start: number, out: Output): Promise<number> {
  let at = start;
  for await (const chunk of createReadStream(file, { start })) {
    out.write((chunk as Buffer).toString('utf8'));
    at += (chunk as Buffer).length;
  }
  return at;
}
