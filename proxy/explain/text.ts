import type { Explanation } from './explain.ts';

/** An explanation as lines for people. Pure. */
export function explanationText(explanation: Explanation, client: string): string {
  const { service, to, verdict, endpoints, place, why } = explanation;
  const first = { endpoints: 'reaches', reject: 'is refused by', drop: 'gets no answer from' }[verdict];
  return [
    `${client} -> ${to} ${first} ${service}`,
    ...why.map((line) => `  ${line}`),
    ...endpoints.map(({ address, port, local }) => {
      const at = address.includes(':') ? `[${address}]` : address;
      return `  -> ${at}:${port}${local ? ' (on this node)' : ''}`;
    }),
    `  rules: ${place}`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}
