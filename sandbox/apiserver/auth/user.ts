/** Who sent a request. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Who sent a request without credentials. */
export const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Adds the group of everyone whose identity is known. */
export function authenticated(name: string, groups: readonly string[]): User {
  return { name, groups: [...groups.filter((group) => group !== allUsers), allUsers] };
}

const allUsers = 'system:authenticated';
