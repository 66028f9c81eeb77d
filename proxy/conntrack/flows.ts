/** One connection tracked by the kernel: where the client sent to, and who really answers. */
export interface Flow {
  readonly destination: string;
  readonly destinationPort: number;
  /** Source of the replies: the endpoint, when the destination was translated. */
  readonly server: string;
  readonly serverPort: number;
}

/** Reads the lines of `conntrack -L`: each names the tuple of the original direction first, then that of the replies. */
export function parseFlows(text: string): Flow[] {
  return text.split('\n').flatMap((line) => {
    const fields = [...line.matchAll(/\b(src|dst|sport|dport)=(\S+)/g)];
    const values = (name: string) =>
      fields.filter(([, key]) => key === name).map(([, , value]) => value ?? '');
    const [, server] = values('src');
    const [, serverPort] = values('sport');
    const [destination] = values('dst');
    const [destinationPort] = values('dport');
    if (destination === undefined || server === undefined) return [];
    return [
      { destination, destinationPort: Number(destinationPort), server, serverPort: Number(serverPort) },
    ];
  });
}
