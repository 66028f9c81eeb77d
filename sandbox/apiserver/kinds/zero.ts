/**
 * Takes away fields that say nothing: Kubernetes' Go types keep no difference between `false`, `0` or an empty text
 * and a field that is not there, and leave it out of their answers. Changes the object in place.
 */
export function dropZero<T extends object>(object: T | undefined, ...fields: (keyof T)[]): void {
  if (!object) return;
  for (const field of fields) {
    const value = object[field];
    const empty = Array.isArray(value) && value.length === 0;
    if (empty || value === false || value === 0 || value === '' || value === null) delete object[field];
  }
}
