import { runCommandLine } from './command-line.ts';

/** The bundle's entry: the command line in, the exit code out. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader went away, as in `workshop logs | head`: nobody is left to tell.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
});
