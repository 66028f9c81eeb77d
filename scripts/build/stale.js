import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';

const sources = ['lib', 'proxy', 'loadbalancer', 'sandbox', 'labs', 'scripts', 'package-lock.json'];

/**
 * True when there is no finished build, or a source changed after it began.
 * @param {string} root the repository's folder
 */
export function isStale(root) {
  const built = statSync(stampOf(root), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((source) => newest(`${root}/${source}`) > built);
}

/**
 * Remembers that everything up to `time` (milliseconds since 1970) has been built.
 * @param {string} root the repository's folder
 * @param {number} time when the build began
 */
export function markBuilt(root, time) {
  mkdirSync(`${root}/build`, { recursive: true });
  writeFileSync(stampOf(root), '');
  utimesSync(stampOf(root), time / 1000, time / 1000);
}

const stampOf = (root) => `${root}/build/stamp`;

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  const inside = readdirSync(path).map((entry) => newest(`${path}/${entry}`));
  return Math.max(stat.mtimeMs, ...inside);
}
