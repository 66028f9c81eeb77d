import { type Answer, answersOf } from '../steps/requests.ts';

/** The names of the page pods that answered, each once, in order; the port that they say behind it is left out. */
export function podsThatAnswered(answers: readonly Answer[]): string[] {
  return [...new Set(answersOf(answers).map((by) => by.replace(/:\d+$/, '')))].sort();
}
