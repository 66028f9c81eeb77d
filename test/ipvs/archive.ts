import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

/** One entry of a cpio archive. Paths are relative, without a leading slash. */
export type Entry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'file'; readonly path: string; readonly from: string; readonly mode?: number }
  | { readonly kind: 'text'; readonly path: string; readonly text: string; readonly mode?: number };

/**
 * Writes a "newc" cpio archive, the format of Linux' initramfs (Documentation/driver-api/early-userspace/buffer-format.rst).
 * Folders above the entries are added. The archive appears under its name when it is whole.
 */
export function writeArchive(file: string, entries: readonly Entry[]): void {
  const fresh = `${file}.${process.pid}`;
  const out = openSync(fresh, 'w');
  try {
    let inode = 1;
    for (const entry of withFolders(entries)) writeEntry(out, entry, inode++);
    writeSync(out, record('TRAILER!!!', 0, Buffer.alloc(0), 0));
  } finally {
    closeSync(out);
  }
  renameSync(fresh, file);
}

function withFolders(entries: readonly Entry[]): Entry[] {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) {
    const parts = entry.path.split('/').slice(0, -1);
    for (let i = 1; i <= parts.length; i++) {
      const path = parts.slice(0, i).join('/');
      if (!byPath.has(path)) byPath.set(path, { kind: 'folder', path });
    }
    byPath.set(entry.path, entry);
  }
  return [...byPath.values()];
}

function writeEntry(out: number, entry: Entry, inode: number): void {
  if (entry.kind === 'folder') writeSync(out, record(entry.path, 0o040755, Buffer.alloc(0), inode));
  else if (entry.kind === 'link')
    writeSync(out, record(entry.path, 0o120777, Buffer.from(entry.target), inode));
  else {
    const data = entry.kind === 'file' ? readFileSync(entry.from) : Buffer.from(entry.text);
    writeSync(out, record(entry.path, 0o100000 | (entry.mode ?? 0o755), data, inode));
  }
}

function record(path: string, mode: number, data: Buffer, inode: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  const head = padded(Buffer.concat([Buffer.from(header), name]));
  return Buffer.concat([head, padded(data)]);
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}
