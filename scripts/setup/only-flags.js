/**
 * Answers words that a program without a command line of its own does not know; lib/read-flags.ts needs modules that may not be
 * there yet. `known` are its flags. Returns the exit code, 0 after --help and 2 after a mistake; undefined when it may go on.
 */
export function answerFlags(argv, known, usage) {
  if (argv.includes('--help')) {
    process.stdout.write(`Usage: ${usage}\n\nExamples:\n  ${usage.replace(/ \[.*/, '')}\n`);
    return 0;
  }
  const strange = argv.find((word) => !known.includes(word));
  if (strange === undefined) return undefined;
  process.stderr.write(`could not understand the command line: there is no flag ${strange}. Try: ${usage}\n`);
  return 2;
}
