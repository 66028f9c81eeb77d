/** A time (milliseconds since 1970) as the API writes it: RFC 3339 in whole seconds (metav1.Time). */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
