import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/**
 * Loaded into a proxy before its own code (`node --import`): time limits of half a minute and more end after a sixtieth. So a test
 * sees the program that hangs being ended by the limit that the product has, and nothing else of the proxy is different.
 */
const hurried = (ms: number | undefined) => (ms !== undefined && ms >= 30_000 ? ms / 60 : ms);

const plain = globalThis.setTimeout;
const promised = timers.setTimeout;

globalThis.setTimeout = Object.assign(
  (callback: () => void, ms?: number, ...rest: []) => plain(callback, hurried(ms), ...rest),
  plain,
);
timers.setTimeout = (ms, value, options) => promised(hurried(ms), value, options);
syncBuiltinESMExports();
