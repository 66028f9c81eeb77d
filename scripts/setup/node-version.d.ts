/** What is wrong with this Node.js; undefined when nothing is. */
export function nodeProblem(version: string): string | undefined;
