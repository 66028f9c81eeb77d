/**
 * Requests one after the other, ten at the least. `end` resolves with the answers that should not have been, and the number of requests
 * asked before it was called.
 */
export function stream(
  ask: () => Promise<string[]>,
  right: RegExp,
): { end(): Promise<{ wrong: string[]; asked: number }> } {
  const wrong: string[] = [];
  let ended = false;
  let count = 0;
  const run = async () => {
    while (!ended || count < 10) {
      const [answer = ''] = await ask();
      count++;
      if (!right.test(answer)) wrong.push(answer);
    }
  };
  const running = run();
  return {
    async end() {
      ended = true;
      const asked = count;
      await running;
      return { wrong, asked };
    },
  };
}
