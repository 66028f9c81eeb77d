import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../lib/log.ts';
import type { ServiceAccountTokens } from './auth/tokens.ts';
import type { User } from './auth/user.ts';
import type { RequestInfo } from './http/request-info.ts';
import type { Answer } from './http/respond.ts';
import type { Kind, ServerConfig } from './kinds/kind.ts';
import type { Registry } from './registry.ts';
import type { Schema } from './schema/schema.ts';
import type { Store } from './store/store.ts';

/** Everything that handling a request may need; made once. */
export interface Api {
  readonly registry: Registry;
  readonly store: Store;
  readonly schema: Schema;
  readonly config: ServerConfig;
  readonly serviceAccounts: ServiceAccountTokens;
  readonly kubelet: KubeletClient;
  readonly log: Log;
  /** Milliseconds since 1970. */
  now(): number;
  /** Aborted when the server ends: watches end then. */
  readonly signal: AbortSignal;
}

/** How the node agents are reached. */
export interface KubeletClient {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly port: number;
}

/** One request for a resource. */
export interface Call {
  readonly api: Api;
  readonly info: RequestInfo;
  readonly kind: Kind;
  readonly user: User;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Reads the request's body, once. */
  body(): Promise<Buffer>;
}

/** What a verb answers; undefined when it has written to the response itself. */
export type Outcome = Answer | undefined;
