import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { authenticated, type User } from './user.ts';

/**
 * Reads a token file as kube-apiserver's `--token-auth-file`: lines of `token,user,uid,"group1,group2"`.
 * Throws a system error when it cannot be read.
 */
export function readTokenFile(file: string): ReadonlyMap<string, User> {
  const lines = readFileSync(file, 'utf8').split('\n');
  const entries = lines.flatMap((line): [string, User][] => {
    const [, token = '', name = '', quoted, bare] =
      /^([^,]+),([^,]+),[^,]*(?:,(?:"([^"]*)"|(.*)))?$/.exec(line.trim()) ?? [];
    const groups = (quoted ?? bare ?? '').split(',').filter((group) => group !== '');
    return token === '' ? [] : [[token, authenticated(name, groups)]];
  });
  return new Map(entries);
}

/** Makes and checks tokens of service accounts. */
export interface ServiceAccountTokens {
  issue(namespace: string, name: string, seconds: number): { token: string; expires: Date };
  /** The user, or undefined for a token that is not ours or has expired. */
  verify(token: string): User | undefined;
}

/** Tokens are JSON Web Tokens (RFC 7519) signed with HS256; the key lives in `keyFile` and is made when missing. */
export function createServiceAccountTokens(keyFile: string, now: () => number): ServiceAccountTokens {
  if (!existsSync(keyFile)) writeFileSync(keyFile, randomBytes(32), { mode: 0o600 });
  const key = readFileSync(keyFile);
  const sign = (text: string) => createHmac('sha256', key).update(text).digest();
  return {
    issue(namespace, name, seconds) {
      const issued = Math.floor(now() / 1000);
      const claims = {
        iss: issuer,
        sub: `${prefix}${namespace}:${name}`,
        iat: issued,
        exp: issued + seconds,
      };
      const text = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encode).join('.');
      return {
        token: `${text}.${sign(text).toString('base64url')}`,
        expires: new Date((issued + seconds) * 1000),
      };
    },
    verify(token) {
      const [head, body, signature] = token.split('.');
      if (!body || !signature) return undefined;
      const given = Buffer.from(signature, 'base64url');
      const right = sign(`${head}.${body}`);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as {
        sub: string;
        exp: number;
      };
      return claims.exp * 1000 < now() ? undefined : serviceAccountUser(claims.sub);
    },
  };
}

const issuer = 'https://kubernetes.default.svc';
const prefix = 'system:serviceaccount:';

function serviceAccountUser(name: string): User {
  const [namespace = ''] = name.slice(prefix.length).split(':');
  return authenticated(name, ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
