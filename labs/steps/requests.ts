import { demand } from '../check-failure.ts';
import type { Lab, ShellOptions, ShellResult } from '../lab.ts';
import { tally } from '../statistics.ts';

/** One answer to a request: the pod that says Hello in it, or undefined with the text that came instead. */
export interface Answer {
  by: string | undefined;
  text: string;
  /** When it came, in seconds since the machine of the shell was started. */
  at: number;
}

export interface RequestOptions extends ShellOptions {
  /** How many, one after the other. Default 1. */
  times?: number;
}

/** Requests a URL from a pod's shell, as the document's loop does. One answer for each request made, also for those that got none. */
export async function askFromPod(
  lab: Lab,
  pod: string,
  url: string,
  options: RequestOptions = {},
): Promise<Answer[]> {
  const { times = 1 } = options;
  const argv = ['sh', '-c', loop(`timeout ${patience} wget -q -O - "$1"`), 'sh', url, `${times}`];
  return answers(await lab.inPod(pod, argv, { timeoutMs: longestMs, ...options }));
}

/** The same from the shell of a node. */
export async function askFromNode(
  lab: Lab,
  node: string,
  url: string,
  options: RequestOptions = {},
): Promise<Answer[]> {
  const { times = 1 } = options;
  const argv = ['sh', '-c', nodeGet + loop('get "$1"'), 'sh', url, `${times}`];
  return answers(await lab.onNode(node, argv, { timeoutMs: longestMs }));
}

/** A loop of requests that goes on until `enough` is called. */
export function askUntilTold(
  lab: Lab,
  pod: string,
  url: string,
): { answers: Promise<Answer[]>; enough: () => Promise<void> } {
  const stop = `/tmp/enough-${Math.random().toString(36).slice(2)}`;
  const script = `i=0; while [ ! -e "$2" ] && [ $i -lt 5000 ]; do
  timeout ${patience} wget -q -O - "$1" 2>&1; ${mark}; i=$((i+1))
done`;
  const answers = lab
    .inPod(pod, ['sh', '-c', script, 'sh', url, stop], { timeoutMs: longestMs })
    .then((result) => parse(result.stdout));
  answers.catch(() => {});
  return {
    answers,
    enough: async () => {
      await lab.inPod(pod, ['touch', stop]);
    },
  };
}

/** The names of the pods that answered. */
export function answersOf(given: readonly Answer[]): string[] {
  return given.flatMap(({ by }) => by ?? []);
}

/** Whether every request was answered, and by one and the same pod. */
export function byOnePod(given: readonly Answer[]): boolean {
  return firstRefusal(given) === undefined && new Set(answersOf(given)).size === 1;
}

/** `…-abcde ×67, …-fghij ×66`: who answered how often. */
export function describeAnswers(given: readonly Answer[]): string {
  const words = [...tally(given.map((answer) => answer.by ?? 'no answer'))];
  return words.map(([name, count]) => `${shortName(name)} ×${count}`).join(', ') || 'nothing';
}

/** A pod's name without the Deployment's hash: `hostname-deployment-…-abcde`. */
export function shortName(pod: string): string {
  return pod.replace(/-[a-z0-9]{6,10}-([a-z0-9]{5})$/, '-…-$1');
}

/** What did not answer, in words; the first of them. */
export function firstRefusal(given: readonly Answer[]): string | undefined {
  const refusal = given.find((answer) => answer.by === undefined);
  return refusal && (refusal.text.trim().split('\n').at(-1) || 'no answer');
}

/** `read` costs no process, so that the loop stays quick. */
const mark = 'read -r at _ </proc/uptime; echo "<<end of answer at $at>>"';

/** Seconds that one request may take. A connection that hangs would end after two minutes by itself. */
const patience = 3;

/** Throws a CheckFailure unless every request was answered; `which` says more about them. */
export function allAnswered(given: readonly Answer[], which = ''): void {
  const refusal = firstRefusal(given);
  demand(refusal === undefined, {
    expected: `an answer to every request ${which}`.trim(),
    observed: `${refusal} (${describeAnswers(given)})`,
  });
}

const longestMs = 60_000;

/** After a few requests that got no answer, or one that hung, there is no use in more: the rest is not made. */
function loop(get: string): string {
  return `i=0; failed=0; while [ $i -lt $2 ] && [ $failed -lt 3 ]; do
  ${get} 2>&1; code=$?
  case $code in 0) ;; 124|143) failed=3; echo 'no answer within ${patience} s' ;; *) failed=$((failed+1)) ;; esac
  ${mark}; i=$((i+1))
done`;
}

/** A node has one of these programs; busybox is the lightest. */
const nodeGet = `if command -v busybox >/dev/null; then get() { timeout ${patience} busybox wget -q -O - "$1"; }
elif command -v curl >/dev/null; then get() { timeout ${patience} curl -s "$1"; }
else get() { timeout ${patience} wget -q -O - "$1"; }; fi
`;

/** At least one: where the shell itself gave nothing, what it said instead. */
function answers(result: ShellResult): Answer[] {
  const came = parse(result.stdout);
  return came.length > 0 ? came : [{ by: undefined, text: result.stderr.trim() || 'no answer', at: 0 }];
}

function parse(stdout: string): Answer[] {
  return [...stdout.matchAll(/([\s\S]*?)<<end of answer at ([\d.]+)>>\n/g)].map(([, text = '', at]) => ({
    by: /Hello,\s+([^\s<]+)\s*<\/p>/.exec(text)?.[1],
    text,
    at: Number(at),
  }));
}
