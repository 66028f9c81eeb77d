import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';

/** What a program does instead of its work: nothing special, fail, hang, or be killed before or after it. */
export type Fault = 'none' | 'fail' | 'hang' | 'killed-before' | 'killed-after';

export interface FaultyProgram {
  /** To start the proxy with. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on. */
  become(fault: Fault): void;
  /** Ends those that hang. */
  readonly endHanging: { readonly command: string; readonly args: string[] };
}

/** Puts a script of that name before the real program: it behaves as it is told, also while the proxy runs. */
export function faultyProgram(folder: string, name: string): FaultyProgram {
  const bin = `${folder}/bin-${name}`;
  const state = `${bin}/fault`;
  const pids = `${bin}/hanging`;
  mkdirSync(bin, { recursive: true });
  const become = (fault: Fault) => {
    writeFileSync(`${state}.new`, fault);
    renameSync(`${state}.new`, state);
  };
  become('none');
  writeFileSync(`${bin}/${name}`, scriptFor(name, state, pids));
  chmodSync(`${bin}/${name}`, 0o755);
  return {
    env: { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin` },
    become,
    endHanging: { command: 'sh', args: ['-c', `kill -9 $(cat ${pids}); rm ${pids}`] },
  };
}

/** The monitor beside the proxy goes on whatever happens. One that waits for its text behaves as it is told when that has come. */
function scriptFor(name: string, state: string, pids: string): string {
  return `#!/bin/sh
[ "$1" = monitor ] && exec /usr/sbin/${name} "$@"
[ "$*" = '-f -' ] && { input=$(mktemp) && cat > $input && exec < $input && rm $input; }
case $(cat ${state}) in
  fail) echo 'Error: it was made to fail' >&2; exit 1 ;;
  hang) echo $$ >> ${pids}; exec sleep 1000 ;;
  killed-before) kill -9 $$ ;;
  killed-after) /usr/sbin/${name} "$@"; kill -9 $$ ;;
esac
exec /usr/sbin/${name} "$@"
`;
}
