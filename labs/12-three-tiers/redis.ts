import type { Lab } from '../lab.ts';
import { ipOf, nameOf, type Pod } from '../steps/pods.ts';

/** Sends one command to a redis from the pod debug, so often; resolves to the replies, as redis writes them (`+PONG`). */
export async function askRedis(lab: Lab, host: string, command: string, times = 1): Promise<string[]> {
  const argv = ['sh', '-c', conversation, 'sh', host, command, `${times}`];
  const { stdout } = await lab.inPod('debug', argv, { timeoutMs: 40_000 });
  const replies = stdout.split('<<end>>').slice(0, times);
  return replies.map(replyOf);
}

/** Gives each redis a key of its own, `pod`, that holds its name. Replicas of this kind share no data. */
export async function signRedis(lab: Lab, pods: readonly Pod[]): Promise<void> {
  for (const pod of pods) await askRedis(lab, ipOf(pod), `SET pod ${nameOf(pod)}`);
}

/** What tells the replicas apart that answered: their run ids, or, of the sandbox's stand-in, their host names; each once. */
export async function redisIdentities(lab: Lab, host: string, times: number): Promise<Set<string>> {
  const argv = ['sh', '-c', conversation, 'sh', host, 'INFO server', `${times}`];
  const { stdout } = await lab.inPod('debug', argv, { timeoutMs: 40_000 });
  return new Set([...stdout.matchAll(/^(?:run_id|hostname):(\S+)/gm)].map(([, id = '']) => id));
}

/** redis takes a command as a plain line. After QUIT it ends the connection. */
const conversation = `i=0; while [ $i -lt "$3" ]; do
  printf '%s\\r\\nQUIT\\r\\n' "$2" | timeout 3 nc -w 2 "$1" 6379 2>&1 || echo 'no answer'
  echo '<<end>>'; i=$((i+1))
done`;

/** The reply to the first command: `+OK`, the text of a bulk string, or what the shell said. */
function replyOf(text: string): string {
  const [first = '', second = ''] = text.trim().split(/\r?\n/);
  return /^\$\d+$/.test(first) ? second : first;
}
