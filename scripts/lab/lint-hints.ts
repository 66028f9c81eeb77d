import type { StepText } from '../../labs/course/step-text.ts';

/** The hints that hold a command of the solution: its first three words one after another, as code or not. */
export function tellingHints({ hints, mistakes, solution }: StepText): string[] {
  const commands = commandsOf(solution);
  const parts = [
    ...hints.map((text, index) => ({ name: `hint ${index + 1}`, text })),
    ...Object.entries(mistakes).map(([id, text]) => ({ name: `the hint on ${id}`, text })),
  ];
  return parts.flatMap(({ name, text }) => {
    const told = commands.find((command) => wordsOf(text).includes(command));
    return told === undefined ? [] : [`${name} gives the command away: ${told.trim()} …`];
  });
}

function commandsOf(solution: string): string[] {
  return [...solution.matchAll(/^```.*\n([\s\S]*?)^```/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/^\s*[$#>]\s+/, '').trim())
    .filter((line) => /^[a-z][\w.-]* \S+ \S/.test(line) && !looking.test(line))
    .map((line) => ` ${line.split(/\s+/).slice(0, 3).join(' ')} `);
}

/** Where to look is what a hint may say. */
const looking = /^kubectl (get|describe|logs|explain|events|api-resources) /;

/** The text as words between single spaces, without the signs of Markdown. */
function wordsOf(text: string): string {
  return ` ${text.replace(/[`*"“”]/g, ' ').replace(/\s+/g, ' ')} `;
}
