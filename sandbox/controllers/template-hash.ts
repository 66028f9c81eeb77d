/** The characters of names that Kubernetes makes up: no vowels, no 0, 1, 3 (apimachinery util/rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The label `pod-template-hash`: FNV-1a, 32 bits, of the template's canonical JSON and the collision count, written
 * with Kubernetes' safe characters. Equal templates give equal hashes; the numbers differ from Go's.
 */
export function templateHash(template: unknown, collisionCount = 0): string {
  const text = canonicalJson(template) + (collisionCount === 0 ? '' : String(collisionCount));
  return safeEncode(String(fnv32a(text)));
}

/** JSON with sorted keys: the same text for objects that are equal. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function safeEncode(digits: string): string {
  return [...digits].map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');
}

function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
