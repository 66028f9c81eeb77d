import { codeOf, messageOf, WorkshopError } from '../../lib/errors.ts';
import type { LintFinding } from './lint.ts';

const pageMs = 15_000;

/**
 * The linked pages that are not there, or have no such place in them; the map gives for each address where it is named. Throws
 * WorkshopError `environment` when no page at all could be reached: then it is the network, not the links.
 */
export async function deadPages(
  pages: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<LintFinding[]> {
  const answers = await Promise.all([...pages.keys()].map((page) => ask(page, signal)));
  signal.throwIfAborted();
  const unreached = answers.filter(({ unreached: why }) => why !== undefined);
  if (unreached.length > 0 && unreached.length === answers.length) {
    throw new WorkshopError(
      'environment',
      `could not reach any of ${pages.size} linked pages: ${unreached[0]?.unreached}`,
      { advice: 'workshop lab lint, which needs no network' },
    );
  }
  return [...pages].flatMap(([page, where], index): LintFinding[] => {
    const { unreached: why, fault = why } = answers[index] ?? {};
    return fault === undefined ? [] : [{ where, rule: 'link', message: `${page}: ${fault}` }];
  });
}

interface Answer {
  /** What is wrong with the page. */
  fault?: string;
  /** Why there was no answer at all. */
  unreached?: string;
}

async function ask(address: string, signal: AbortSignal): Promise<Answer> {
  const { hash } = new URL(address);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(pageMs)]);
  try {
    const answer = await fetch(address, { method: hash === '' ? 'HEAD' : 'GET', signal: limit });
    if (!answer.ok) return { fault: `it answers ${answer.status}` };
    if (hash === '') return {};
    const name = decodeURIComponent(hash.slice(1));
    const page = await answer.text();
    return hasPlace(page, name) ? {} : { fault: `it has no place #${name}` };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return { unreached: codeOf(cause) ?? messageOf(cause) };
  }
}

/** HTML leaves out the quotes of a value where it can. */
function hasPlace(page: string, name: string): boolean {
  return ['id', 'name'].some((attribute) =>
    ['"', "'", ''].some((quote) => {
      const text = `${attribute}=${quote}${name}`;
      return [quote, ' ', '>'].some((end) => end !== '' && page.includes(` ${text}${end}`));
    }),
  );
}
