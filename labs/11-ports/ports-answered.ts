import { type Answer, answersOf } from '../steps/requests.ts';

/** The numbers of the pods' ports that answered, each once, in order. */
export function portsThatAnswered(answers: readonly Answer[]): number[] {
  const numbers = answersOf(answers).map((by) => Number(by.split(':')[1]));
  return [...new Set(numbers)].sort((a, b) => a - b);
}
