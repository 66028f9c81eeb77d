import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';

/**
 * What a program does instead of its work: nothing special, fail, hang, take a second more, or be killed before it, after it, or
 * (iptables-restore) between two of its transactions.
 */
export type Fault = 'none' | 'fail' | 'hang' | 'slow' | 'killed-before' | 'killed-between' | 'killed-after';

export interface FaultyProgram {
  /** From now on. */
  become(fault: Fault): void;
  /** One that is slow has begun, or done its work. */
  slowOne(is: 'begun' | 'over'): boolean;
}

/** Puts a script of that name into the folder, before the real program: it behaves as it is told, also while the proxy runs. */
export function faultyProgram(bin: string, name: string): FaultyProgram {
  const state = `${bin}/${name}.fault`;
  mkdirSync(bin, { recursive: true });
  const become = (fault: Fault) => {
    writeFileSync(`${state}.new`, fault);
    renameSync(`${state}.new`, state);
  };
  become('none');
  writeFileSync(`${bin}/${name}`, scriptFor(name, state));
  chmodSync(`${bin}/${name}`, 0o755);
  return { become, slowOne: (is) => existsSync(`${state}.${is}`) };
}

/** To start a proxy with that is to meet the programs of that folder. */
export function pathWith(bin: string): Record<string, string> {
  return { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin` };
}

/** The monitor beside the proxy goes on whatever happens. One that waits for its text behaves as it is told when that has come. */
function scriptFor(name: string, state: string): string {
  return `#!/bin/sh
[ "$1" = monitor ] && exec /usr/sbin/${name} "$@"
[ "$*" = '-f -' ] && { input=$(mktemp) && cat > $input && exec < $input && rm $input; }
case $(cat ${state}) in
  fail) echo 'Error: it was made to fail' >&2; exit 1 ;;
  hang) exec sleep 1000 ;;
  slow) touch ${state}.begun; sleep 1; /usr/sbin/${name} "$@"; code=$?; touch ${state}.over; exit $code ;;
  killed-before) kill -9 $$ ;;
  killed-between) sed '/^COMMIT$/q' | /usr/sbin/${name} "$@"; kill -9 $$ ;;
  killed-after) /usr/sbin/${name} "$@"; kill -9 $$ ;;
esac
exec /usr/sbin/${name} "$@"
`;
}
