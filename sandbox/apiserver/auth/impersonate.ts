import type { IncomingMessage } from 'node:http';
import { forbidden } from '../status.ts';
import { superusers } from './rules.ts';
import { authenticated, type User } from './user.ts';

/**
 * `kubectl --as USER --as-group GROUP`: the user that the request wants to be taken for, if it names one.
 * Throws Refusal 403 unless the sender may do everything anyway.
 */
export function impersonated(user: User, { headers }: IncomingMessage): User {
  const name = headers['impersonate-user'];
  if (typeof name !== 'string' || name === '') return user;
  if (!user.groups.some((group) => superusers.has(group))) {
    const who = `User ${JSON.stringify(user.name)}`;
    const why = `${who} cannot impersonate resource "users" in API group "" at the cluster scope`;
    throw forbidden({ group: '', plural: 'users' }, name, why);
  }
  const groups = headers['impersonate-group'] ?? [];
  return authenticated(name, typeof groups === 'string' ? groups.split(/, */) : groups);
}
