import { messageOf } from '../../../lib/errors.ts';
import { parseYaml } from '../../../lib/yaml.ts';
import type { Schema } from '../schema/schema.ts';
import { badRequest, unsupportedMediaType } from '../status.ts';
import { decodeProtobuf } from './protobuf.ts';

/**
 * The value a body holds: JSON, YAML or Kubernetes' protobuf. Throws Refusal 415 for another media type, 400 for bad syntax in
 * the words of Go's decoder.
 */
export function parseBody(
  schema: Schema,
  body: Buffer,
  contentType: string | undefined,
  { kind, model }: { kind: string; model: string },
): unknown {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() || 'application/json';
  const parse = parsers[type];
  if (!parse) {
    const accepted = Object.keys(parsers).join(', ');
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
    );
  }
  try {
    return parse(body, schema, model);
  } catch (error) {
    throw unrecognized(kind, messageOf(error), body);
  }
}

type Parse = (body: Buffer, schema: Schema, model: string) => unknown;

const parsers: Readonly<Record<string, Parse>> = {
  'application/json': (body) => {
    try {
      return parseJson(body.toString('utf8'));
    } catch (error) {
      throw new Error(`couldn't get version/kind; json parse error: ${messageOf(error)}`, { cause: error });
    }
  },
  'application/yaml': (body) => {
    try {
      return parseYaml(body.toString('utf8'), 'the body');
    } catch (error) {
      throw new Error(`yaml: ${firstLine(error)}`, { cause: error });
    }
  },
  'application/vnd.kubernetes.protobuf': (body, schema, model) => decodeProtobuf(schema, model, body),
};

/** What a body that is no object of `kind` gets. */
export function unrecognized(kind: string, what: string, body: Buffer): Error {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${what} (${summary(body)})`,
  );
}

/** JSON.parse whose errors read as those of Go's encoding/json. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SyntaxError(goSyntaxError(messageOf(error), text), { cause: error });
  }
}

/** V8's words for a syntax error, and Go's; `%` is the character in question. */
const translations: readonly [RegExp, string][] = [
  [/non-whitespace character after JSON at position (\d+)/, '% after top-level value'],
  [
    /Expected (?:property name|double-quoted property name).* at position (\d+)/,
    '% looking for beginning of object key string',
  ],
  [/Expected ',' or '\}'.* at position (\d+)/, '% after object key:value pair'],
  [/Expected ',' or '\]'.* at position (\d+)/, '% after array element'],
  [/Expected ':'.* at position (\d+)/, '% after object key'],
  [/control character in string.* at position (\d+)/, '% in string literal'],
  [/escaped character.* at position (\d+)/, '% in string escape code'],
];

function goSyntaxError(message: string, text: string): string {
  const token = /^Unexpected token '(.+?)',/su.exec(message)?.[1];
  if (token !== undefined) return `invalid character '${token}' looking for beginning of value`;
  for (const [pattern, sentence] of translations) {
    const position = pattern.exec(message)?.[1];
    const character = position === undefined ? undefined : text[Number(position)];
    if (character !== undefined) return `invalid character ${sentence.replace('%', `'${character}'`)}`;
  }
  return 'unexpected end of JSON input';
}

function firstLine(error: unknown): string {
  const text = messageOf(error).replace(/^could not read the body: /, '');
  return text.split('\n')[0]?.replace(/:$/, '') ?? text;
}

const summaryLength = 30;

/** The start of a body, as k8s.io/apimachinery shows it: text when it looks like JSON, otherwise hexadecimal. */
function summary(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const head = bytes.subarray(0, summaryLength);
  const text = bytes[0] === '{'.charCodeAt(0) ? head.toString('utf8') : head.toString('hex');
  return bytes.length > summaryLength ? `${text} ...` : text;
}
