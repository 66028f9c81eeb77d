/**
 * Flags of Node.js for processes that are mostly idle: a small young generation, so that what they hold is what they need.
 */
export const lean: readonly string[] = ['--max-semi-space-size=2', '--optimize-for-size'];
