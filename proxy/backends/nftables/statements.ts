import type { Element } from './elements.ts';

/** `add element` or `delete element` commands for elements of any sets; one element a line, as errors quote their line. */
export function elementStatements(
  verb: 'add' | 'delete',
  at: { ip: string; table: string },
  elements: readonly Element[],
): string {
  const bySet = new Map<string, string[]>();
  for (const element of elements) {
    const text =
      verb === 'add' && element.value !== undefined ? `${element.key} : ${element.value}` : element.key;
    const list = bySet.get(element.set);
    if (list) list.push(text);
    else bySet.set(element.set, [text]);
  }
  let text = '';
  for (const [set, lines] of bySet) {
    text += `${verb} element ${at.ip} ${at.table} ${set} {\n${lines.join(',\n')}\n}\n`;
  }
  return text;
}
