import type { Lab } from '../lab.ts';

/** What came of knocking at a TCP port: whether it opened, and the first words that the server said by itself. */
export interface Knock {
  open: boolean;
  greeting: string;
}

/** In place of a node's name: a machine that is no part of the cluster. */
export const outside = 'outside';

/** Opens a TCP connection from a pod. */
export async function knockFromPod(lab: Lab, pod: string, address: string, port: number): Promise<Knock> {
  const { stdout } = await lab.inPod(pod, ['sh', '-c', byNetcat, 'sh', address, `${port}`]);
  const [, state = 'closed', greeting = ''] = /^(open|closed) ?([\s\S]*)$/.exec(stdout.trim()) ?? [];
  return { open: state === 'open', greeting };
}

/** True when a TCP connection opens from the shell of a node, or from outside of the cluster. */
export async function opensFrom(lab: Lab, place: string, address: string, port: number): Promise<boolean> {
  const argv = ['timeout', '1', 'bash', '-c', byBash, 'bash', address, `${port}`];
  return (await lab.onNode(place, argv)).exitCode === 0;
}

/**
 * True when the server at that port says something by itself to whoever comes from outside of the cluster. A port that merely opens is
 * no proof there: some networks answer in the place of every address that they do not know.
 */
export async function greetsOutside(lab: Lab, address: string, port: number): Promise<boolean> {
  const argv = ['timeout', '2', 'bash', '-c', firstWords, 'bash', address, `${port}`];
  return (await lab.onNode(outside, argv)).exitCode === 0;
}

const byNetcat = `file=/tmp/said-$$
if timeout 3 nc -w 1 "$1" "$2" </dev/null >$file 2>/dev/null; then echo "open $(tr -cd ' -~' <$file)"; else echo closed; fi
rm -f $file`;

const byBash = 'exec 3<>"/dev/tcp/$1/$2"';

const firstWords = `${byBash}; [ -n "$(head -c 4 <&3 | od -An -tx1)" ]`;
