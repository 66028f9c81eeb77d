/** One process of the sandbox: what runs where. */
export interface ComponentSpec {
  /** `apiserver`, `controllers`, `node@worker-node01`, … */
  readonly name: string;
  /** Whose network namespace it runs in. */
  readonly node: string;
  readonly command: readonly [string, ...string[]];
  readonly logFile: string;
  readonly ready: Readiness;
  /** True for what the API server itself needs. */
  readonly first?: boolean;
}

/** How to see that a component works. */
export type Readiness =
  | { readonly kind: 'running' }
  | { readonly kind: 'apiserver' }
  | { readonly kind: 'node'; readonly node: string; readonly address: string }
  | { readonly kind: 'http'; readonly url: string };
