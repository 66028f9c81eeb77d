/** An IPv4 address as such also where a socket for both families names it. */
export function plain(address = ''): string {
  return address.replace(/^::ffff:/, '');
}

/** What a client says of an error. */
export function wordFor({ code }: NodeJS.ErrnoException): string {
  return code === 'ECONNREFUSED' ? 'refused' : (code ?? 'failed');
}
