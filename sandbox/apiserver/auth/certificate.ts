import { TLSSocket } from 'node:tls';
import { authenticated, type User } from './user.ts';

/** What a connection's client certificate says: CN is the user, each O a group. `bad` is one of another CA. */
export function certificateUser(socket: unknown): User | 'none' | 'bad' {
  if (!(socket instanceof TLSSocket)) return 'none';
  const known = users.get(socket);
  if (known) return known;
  const user = read(socket);
  users.set(socket, user);
  return user;
}

const users = new WeakMap<TLSSocket, User | 'none' | 'bad'>();

function read(socket: TLSSocket): User | 'none' | 'bad' {
  const subject: Record<string, unknown> | undefined = { ...socket.getPeerCertificate().subject };
  if (Object.keys(subject).length === 0) return 'none';
  if (!socket.authorized) return 'bad';
  const [name = ''] = texts(subject['CN']);
  return name === '' ? 'bad' : authenticated(name, texts(subject['O']));
}

/** Node gives a string, or an array when an attribute comes more than once. */
function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? [value] : [];
}
