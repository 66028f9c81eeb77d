import { exitCodes, WorkshopError } from '../lib/errors.ts';
import { didYouMean } from '../lib/suggest.ts';

/** Every program of the sandbox is one component of this dispatcher: `sandbox COMPONENT [FLAG…]`. */
type Main = (argv: string[]) => Promise<void>;

const components: Readonly<Record<string, () => Promise<{ main: Main }>>> = {
  supervise: () => import('./supervise/main.ts'),
  inside: () => import('./inside/main.ts'),
  apiserver: () => import('./apiserver/main.ts'),
  controllers: () => import('./controllers/main.ts'),
  node: () => import('./node/main.ts'),
  dns: () => import('./dns/main.ts'),
};

const [name = '', ...argv] = process.argv.slice(2);
const component = Object.hasOwn(components, name) ? components[name] : undefined;
if (component) await (await component()).main(argv).catch(fail);
else if (name === '--help' || name === '-h') process.stdout.write(help());
else {
  const known = Object.keys(components);
  process.stderr.write(
    `could not start the component "${name}": there are ${known.join(', ')}${didYouMean(name, known)}. Try: sandbox --help\n`,
  );
  process.exitCode = 2;
}

function help(): string {
  return `The programs of a sandbox, which \`workshop up\` starts.

Usage: sandbox COMPONENT [FLAG …]

Components: ${Object.keys(components).join(', ')}. A flag that is wrong is answered with those that there are.

Examples:
  sandbox supervise --name workshop
  sandbox dns --kubeconfig dns.conf --listen-address 127.0.0.1 --port 1053
`;
}

/** A user's mistake is told in one sentence; anything else keeps its stack. */
function fail(error: unknown): never {
  if (!(error instanceof WorkshopError)) throw error;
  process.stderr.write(`${error.message}${error.advice === undefined ? '' : `. Try: ${error.advice}`}\n`);
  process.exit(exitCodes[error.fault]);
}
