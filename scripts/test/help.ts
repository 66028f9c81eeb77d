/** What `npm test -- --help` prints. */
export const help = `Runs the tests: real processes, real packets, no mocks.

Usage: npm test [-- WORD … [--grep TEXT] [--slow]]

Only the files whose path holds one of the words; without any, all of them.

  --grep TEXT  only the tests with this in their name
  --slow       the files that take minutes (*.slow.test.ts) instead of all others; npm run test:slow
  --help, -h   prints this

Exit codes: 0 passed, 1 failed, 2 wrong command line, 3 this machine lacks something, 5 none ran.

Examples:
  npm test
  npm test -- proxy/model
  npm test -- lib scripts --grep "did you mean"
  npm run test:slow -- loadbalancer
`;
