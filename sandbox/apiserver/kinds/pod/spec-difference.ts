/** The lines in which two specs differ, marked `-` and `+`, as Kubernetes shows them under its refusal. */
export function specDifference(before: unknown, after: unknown): string {
  const [a, b] = [lines(before), lines(after)];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `-${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+${line}`),
  ].join('\n');
}

function lines(value: unknown): string[] {
  return JSON.stringify(value, null, 1).split('\n');
}
