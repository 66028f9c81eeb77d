import { ApiError } from '../../lib/kube/api-error.ts';

/** The server refuses to make anything in a namespace that is being deleted: there is nothing to be tried again. */
export function isNamespaceTerminating(thrown: unknown): boolean {
  return (
    thrown instanceof ApiError &&
    thrown.code === 403 &&
    (thrown.status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')
  );
}
