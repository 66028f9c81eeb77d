import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';

/**
 * True when node_modules is what package-lock.json asks for.
 * @param {string} root the repository's folder
 */
export function dependenciesAreFresh(root) {
  const note = noteOf(root);
  if (existsSync(note)) return readFileSync(note, 'utf8') === lockHash(root);
  // npm writes its own note last of all, so it is whole when this is newer than what was asked for.
  const npmNote = statSync(`${root}/node_modules/.package-lock.json`, { throwIfNoEntry: false });
  if (!npmNote || npmNote.mtimeMs < statSync(`${root}/package-lock.json`).mtimeMs) return false;
  rememberDependencies(root);
  return true;
}

/**
 * Notes what node_modules was made from.
 * @param {string} root the repository's folder
 */
export function rememberDependencies(root) {
  try {
    writeFileSync(noteOf(root), lockHash(root));
  } catch {
    // Somebody else's folder: they have set it up.
  }
}

const noteOf = (root) => `${root}/node_modules/.workshop-lock`;

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(`${root}/package-lock.json`))
    .digest('hex');
}
