import { Refusal } from '../status.ts';

/** A media type of an `Accept` header, with its parameters. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** In what form an object is to be sent. */
export interface Form {
  readonly encoding: 'json' | 'yaml';
  readonly as: '' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
}

/** Picks the first form of an `Accept` header that we can send. Throws Refusal 406 when there is none. */
export function negotiate(accept: string | undefined): Form {
  if (!accept) return { encoding: 'json', as: '' };
  for (const { type, parameters } of parseAccept(accept)) {
    const encoding = encodings[type];
    if (!encoding) continue;
    const as = parameters['as'] ?? '';
    if (as === '') return { encoding, as };
    const ours = parameters['g'] === 'meta.k8s.io' && parameters['v'] === 'v1';
    if (ours && isTransform(as)) return { encoding, as };
  }
  const available = 'application/json, application/yaml';
  const message = `406: Not Acceptable\n\nAvailable representations: ${available}`;
  throw new Refusal(406, 'NotAcceptable', message, {});
}

const encodings: Readonly<Record<string, 'json' | 'yaml'>> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
};

function isTransform(as: string): as is Form['as'] {
  return as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList';
}

/** The header's media types, best `q` first, otherwise in order. */
export function parseAccept(accept: string): MediaType[] {
  const entries = accept.split(',').map((entry) => {
    const [type = '', ...rest] = entry.split(';').map((part) => part.trim());
    const pairs = rest.map((part) => part.split('=', 2)).map(([key = '', value = '']) => [key, value]);
    return { type: type.toLowerCase(), parameters: Object.fromEntries(pairs) as Record<string, string> };
  });
  const weight = ({ parameters }: MediaType) => Number(parameters['q'] ?? 1);
  return entries.toSorted((a, b) => weight(b) - weight(a));
}
