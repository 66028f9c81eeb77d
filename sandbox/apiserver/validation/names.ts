/** The reasons why a value breaks a naming rule, in Kubernetes' words; none when it keeps it (k8s.io/apimachinery/pkg/util/validation). */
export type NameRule = (value: string) => string[];

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';

/** RFC 1123 label: container names, port names, namespaces. */
export const dnsLabel: NameRule = (value) => {
  const reasons = longerThan(value, 63);
  if (whole(label1123).test(value)) return reasons;
  if (whole(subdomain1123).test(value)) return [...reasons, 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...reasons, regexReason(rule, label1123, 'my-name', '123-abc')];
};

/** RFC 1123 subdomain: the default for object names. */
export const dnsSubdomain: NameRule = (value) => {
  const reasons = longerThan(value, 253);
  if (whole(subdomain1123).test(value)) return reasons;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...reasons, regexReason(rule, subdomain1123, 'example.com')];
};

/** RFC 1035 label: Service names, because they become environment variables and DNS names. */
export const dns1035Label: NameRule = (value) => {
  const reasons = longerThan(value, 63);
  if (whole(label1035).test(value)) return reasons;
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...reasons, regexReason(rule, label1035, 'my-name', 'abc-123')];
};

/** Keys of ConfigMaps and Secrets: they become file names. */
export const configKey: NameRule = (value) => {
  const pattern = '[-._a-zA-Z0-9]+';
  const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
  const bad = whole(pattern).test(value)
    ? []
    : [regexReason(rule, pattern, 'key.name', 'KEY_NAME', 'key-name')];
  return [...longerThan(value, 253), ...bad, ...parentFolder(value)];
};

function parentFolder(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** Environment variables: anything printable in ASCII but `=` (relaxed since Kubernetes 1.32). */
export const envName: NameRule = (value) => {
  if (value === '') return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]*$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};

/** The value a name rule sees for `generateName`: its last dash gives way to the random part. */
export function maskTrailingDash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
}

/** The reason against a value of more than `max` bytes; the text says characters, as upstream's does. */
export function longerThan(value: string, max: number): string[] {
  return Buffer.byteLength(value) > max ? [`must be no more than ${max} characters`] : [];
}

/** The sentence that names the rule, examples and the pattern itself. */
export function regexReason(rule: string, pattern: string, ...examples: string[]): string {
  const regex = `regex used for validation is '${pattern}')`;
  if (examples.length === 0) return `${rule} (${regex}`;
  return `${rule} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}${regex}`;
}

const patterns = new Map<string, RegExp>();

/** The pattern for a whole value; compiled once. */
export function whole(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  const made = new RegExp(`^(?:${pattern})$`);
  patterns.set(pattern, made);
  return made;
}
