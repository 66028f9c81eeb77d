import { expect } from 'chai';
import { run } from '../../lib/exec.ts';

/** What every program does that is started by its file: none may answer a mistake with a stack trace. */
describe('the programs that are no command of workshop', function () {
  this.timeout(60_000);

  const programs: [file: string, mistake: string, message: string][] = [
    [
      'scripts/test/main.ts',
      '--grpe=x',
      'could not run the tests: there is no flag --grpe; did you mean --grep?',
    ],
    ['test/bench/main.ts', '--wirte', 'could not measure: there is no flag --wirte; did you mean --write?'],
    ['test/bench/main.ts', 'proxi', 'could not measure: there is no part proxi; did you mean proxy?'],
    ['test/ipvs/main.ts', '--nonsense', 'could not test mode ipvs: there is no flag --nonsense'],
    ['test/vagrant/main.ts', '--fautls', 'there is no flag --fautls; did you mean --faults?'],
    [
      'loadbalancer/main.ts',
      '--pol=x',
      'could not start the load balancer: there is no flag --pol; did you mean',
    ],
    ['scripts/setup/main.js', '--froce', 'could not understand the command line: there is no flag --froce'],
    ['scripts/build/main.js', '--if-stael', 'there is no flag --if-stael'],
    ['sandbox/main.ts', 'dsn', 'could not start the component "dsn": there are supervise, inside, '],
    ['sandbox/main.ts', 'toString', 'could not start the component "toString": there are '],
  ];

  const start = (file: string, arg: string, okCodes: number[]) =>
    run(process.execPath, ['--import', 'tsx', file, arg], { okCodes, timeoutMs: 30_000 });

  for (const [file, mistake, message] of programs) {
    it(`${file} ends \`${mistake}\` with 2 and says what was meant`, async () => {
      const { stderr, stdout } = await start(file, mistake, [2]);
      expect(stderr)
        .to.contain(message)
        .and.match(/\bTry\b/);
      expect(stderr).not.to.match(/\n +at /);
      expect(stdout).to.equal('');
    });
  }

  for (const file of new Set(programs.map(([file]) => file))) {
    it(`${file} explains itself with --help`, async () => {
      const { stdout, stderr } = await start(file, '--help', [0]);
      expect(stdout)
        .to.match(/^Usage: /m)
        .and.match(/^Examples?:\n {2}\w/m);
      expect(stderr).to.equal('');
    });
  }
});
