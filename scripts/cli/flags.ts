import type { FlagSpecs } from './command.ts';
import { usageError } from './failure.ts';

/** The flags that every command takes. */
export const globalFlags = {
  help: { type: 'boolean', short: 'h', summary: 'show this help' },
  quiet: { type: 'boolean', short: 'q', summary: 'say nothing but results and problems' },
  verbose: { type: 'boolean', short: 'v', summary: 'say more, for example why something failed' },
  json: { type: 'boolean', summary: 'print results as JSON' },
  'no-color': { type: 'boolean', summary: 'no colours (also: NO_COLOR)' },
  name: { type: 'string', value: 'NAME', summary: "the cluster's name (default: from the settings)" },
  backend: { type: 'string', value: 'NAME', summary: 'sandbox (the default) or vagrant: virtual machines' },
  kubeconfig: { type: 'string', value: 'FILE', summary: 'use this running cluster, as an administrator' },
  settings: { type: 'string', value: 'FILE', summary: 'another settings.yaml' },
  'ssh-config': { type: 'string', value: 'FILE', summary: "with --kubeconfig: ssh's own file for its nodes" },
  'ssh-user': { type: 'string', value: 'USER', summary: 'the same: root, or somebody who may sudo there' },
  'ssh-key': { type: 'string', value: 'FILE', summary: 'the same: the key to log in with' },
  'ssh-port': { type: 'string', value: 'PORT', summary: "the same: the nodes' port of ssh" },
  timeout: { type: 'string', value: 'TIME', summary: 'give up after so long, for example 90s or 5m' },
} as const satisfies FlagSpecs;

/** `90`, `90s`, `5m`, `500ms` in milliseconds. Throws WorkshopError `usage`. */
export function parseDuration(text: string, flag: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(digits) * (unitMs[unit ?? 's'] ?? Number.NaN);
  if (!(ms > 0)) throw usageError(`--${flag} "${text}" is not a time such as 90s or 5m`);
  return ms;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The value of a flag that takes a text; undefined when it was not given. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
