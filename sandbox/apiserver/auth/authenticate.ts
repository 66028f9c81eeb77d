import type { IncomingMessage } from 'node:http';
import { unauthorized } from '../status.ts';
import { certificateUser } from './certificate.ts';
import type { ServiceAccountTokens } from './tokens.ts';
import { anonymous, type User } from './user.ts';

/** Who sent the request. Throws Refusal 401 for credentials that are wrong. */
export type Authenticator = (request: IncomingMessage) => User;

/** Knows users by client certificate, by a line of the token file, or by a service account's token. */
export function createAuthenticator(
  tokens: ReadonlyMap<string, User>,
  serviceAccounts: ServiceAccountTokens,
): Authenticator {
  return (request) => {
    const [, token] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token !== undefined) {
      const user = tokens.get(token) ?? serviceAccounts.verify(token);
      if (!user) throw unauthorized();
      return user;
    }
    const user = certificateUser(request.socket);
    if (user === 'bad') throw unauthorized();
    return user === 'none' ? anonymous : user;
  };
}
