import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Calls `onChange` whenever the text of a file has become another one. The folder is watched, since files are replaced by rename and
 * those of a ConfigMap by a changed link; and the file is looked at now and then, for file systems that give no notice.
 */
export function watchFile(file: string, onChange: () => void): { close(): void } {
  let known = read(file);
  const look = () => {
    const text = read(file);
    if (text === undefined || text === known) return;
    known = text;
    onChange();
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(file), look);
    watcher.on('error', () => watcher?.close());
  } catch {
    // No more watches to be had: looking must do.
  }
  const timer = setInterval(look, lookEveryMs);
  return {
    close() {
      clearInterval(timer);
      watcher?.close();
    },
  };
}

const lookEveryMs = 5000;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
