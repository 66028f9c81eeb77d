import { badRequest } from '../status.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** Tells whether labels meet a selector such as `app=web,tier in (a, b),!old`. Throws Refusal 400 when it is malformed. */
export function parseLabelSelector(text: string): (labels: Labels) => boolean {
  const tokens = tokenize(text);
  const requirements: ((labels: Labels) => boolean)[] = [];
  while (tokens[0] !== undefined) {
    requirements.push(requirement(tokens));
    const next = tokens.shift();
    if (next === undefined) break;
    if (next !== ',') throw bad(`found '${next}', expected: ',' or 'end of string'`);
    if (tokens[0] === undefined) throw bad(`found '', expected: identifier after ','`);
  }
  return (labels) => requirements.every((meets) => meets(labels));
}

/** Without quantifiers that could run away: the text comes from outside. */
function tokenize(text: string): string[] {
  return text.match(/==|!=|[=!(),<>]|[^\s=!(),<>]+/g) ?? [];
}

function requirement(tokens: string[]): (labels: Labels) => boolean {
  const first = tokens.shift() ?? '';
  if (first === '!') {
    const key = identifier(tokens.shift());
    return (labels) => labels?.[key] === undefined;
  }
  const key = identifier(first);
  const operator = tokens[0];
  if (operator === undefined || operator === ',') return (labels) => labels?.[key] !== undefined;
  tokens.shift();
  return withOperator(key, operator, tokens);
}

function withOperator(key: string, operator: string, tokens: string[]): (labels: Labels) => boolean {
  const hasOneOf = (values: readonly string[]) => (labels: Labels) => values.includes(labels?.[key] ?? '\0');
  switch (operator) {
    case '=':
    case '==':
      return hasOneOf([oneValue(tokens)]);
    case '!=': {
      const same = hasOneOf([oneValue(tokens)]);
      return (labels) => !same(labels);
    }
    case 'in':
      return hasOneOf(valueSet(tokens));
    case 'notin': {
      const inside = hasOneOf(valueSet(tokens));
      return (labels) => !inside(labels);
    }
    case '<':
    case '>': {
      const limit = Number(oneValue(tokens));
      const sign = operator === '<' ? -1 : 1;
      return (labels) => labels?.[key] !== undefined && (Number(labels[key]) - limit) * sign > 0;
    }
    default:
      throw bad(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

/** What follows `=`: nothing at all is the empty value. */
function oneValue(tokens: string[]): string {
  if (tokens[0] === undefined || tokens[0] === ',') return '';
  return identifier(tokens.shift());
}

function valueSet(tokens: string[]): string[] {
  const open = tokens.shift() ?? '';
  if (open !== '(') throw bad(`found '${open}' expected: '('`);
  const values: string[] = [];
  for (let next = tokens.shift(); next !== ')'; next = tokens.shift()) {
    if (next === undefined) throw bad("found '', expected: ',' or ')'");
    if (next !== ',') values.push(identifier(next));
  }
  return values;
}

function identifier(token: string | undefined): string {
  if (token === undefined || /^([=!(),<>]|==|!=)$/.test(token)) {
    throw bad(`found '${token === '==' ? '=' : (token ?? '')}', expected: identifier`);
  }
  return token;
}

function bad(what: string): Error {
  return badRequest(`unable to parse requirement: ${what}`);
}
