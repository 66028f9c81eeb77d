import { columnsOf } from '../../labs/course/markdown/width.ts';
import type { Words } from '../../labs/course/words.ts';

/** What the live picture shows. */
export interface Picture {
  /** Undefined while it is being looked. */
  check: { done: true } | { done: false; expected: string; observed: string } | { fault: string } | undefined;
  services: readonly PictureService[];
  /** Names of the pods that got the last connections, newest last. */
  answered: readonly string[];
  /** What came and went, newest last. */
  news: readonly string[];
}

export interface PictureService {
  name: string;
  address: string;
  endpoints: readonly { pod: string; ready: boolean; connections: number }[];
}

/** The picture as lines of a terminal of that size, the most important first. Everything is said in words and figures. */
export function drawPicture(
  picture: Picture,
  words: Words,
  size: { columns: number; rows: number },
): string[] {
  const { answered, news } = picture;
  const lines = [
    ...checkLines(picture.check, words),
    answered.length === 0 ? words.noRequests : `${words.requests}: ${[...answered].reverse().join(' ')}`,
    ...picture.services.map((service) => serviceLine(service, words)),
  ];
  const room = size.rows - lines.length;
  if (room > 0) lines.push(...news.slice(-room).reverse());
  return lines.slice(0, size.rows).map((line) => cut(line, size.columns));
}

function checkLines(check: Picture['check'], words: Words): string[] {
  if (check === undefined) return ['…'];
  if ('fault' in check) return [`! ${check.fault}`];
  if (check.done) return [`✓ ${words.done}: workshop next`];
  return [
    `✗ ${words.notDone}`,
    `  ${words.expected}: ${check.expected}`,
    `  ${words.observed}: ${check.observed}`,
  ];
}

function serviceLine({ name, address, endpoints }: PictureService, words: Words): string {
  const pods = endpoints.map(({ pod, ready, connections }) => {
    return `${pod} ${ready ? '' : `${words.notReady} `}(${connections})`;
  });
  return `${name} ${address} -> ${pods.length === 0 ? words.noEndpoints : pods.join(', ')}`;
}

/** One row each, whatever it holds. */
function cut(line: string, columns: number): string {
  const flat = line.replace(/\s+/g, (space) => (space === '  ' ? space : ' '));
  if (columnsOf(flat) <= columns) return flat;
  let text = '';
  for (const sign of flat) {
    if (columnsOf(text + sign) > columns - 1) break;
    text += sign;
  }
  return `${text}…`;
}
