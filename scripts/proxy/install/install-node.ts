import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, WorkshopError } from '../../../lib/errors.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { clientCertificate } from './certificate.ts';
import { configText } from './config-text.ts';
import { credentialsText, isGood, proxyUser } from './credentials.ts';
import { type Facts, gatherFacts } from './facts.ts';
import { judge } from './judge.ts';
import { files, unitName } from './layout.ts';
import { onNode } from './node-shell.ts';
import { ownPorts } from './own-ports.ts';
import type { InstallOptions, NodeOutcome, TargetNode } from './target.ts';
import { unitText } from './unit.ts';

/** Brings one node to what is wanted: looks, decides, does. Throws nothing but an abort: a failure is its outcome. */
export async function installOnNode(
  node: TargetNode,
  options: InstallOptions & { readonly program: string },
): Promise<NodeOutcome> {
  const { signal, cluster, onStep = () => {} } = options;
  try {
    onStep(node.name, 'look');
    const facts = await gatherFacts(node, cluster.server, signal);
    const problem = judge(node.name, options.setup.mode, facts);
    if (problem) return { node: node.name, kind: 'failed', error: problem, undone: true };
    const work = workFor(node, facts, options);
    if (work.steps.length === 0) return { node: node.name, kind: 'unchanged' };
    if (options.dryRun) return { node: node.name, kind: 'planned', steps: work.steps };
    for (const step of work.steps) onStep(node.name, step);
    const answer = await activate(node, work, options);
    if (answer.ok)
      return { node: node.name, kind: facts.installed.unitSum === undefined ? 'installed' : 'upgraded' };
    const text = `could not start the proxy on ${node.name}: ${answer.why}`;
    const error = new WorkshopError('environment', text, {
      advice: `journalctl -u ${unitName} on ${node.name}`,
    });
    return { node: node.name, kind: 'failed', error, undone: answer.undone };
  } catch (error) {
    if (signal?.aborted) throw error;
    const known = error instanceof Error ? error : new Error(messageOf(error));
    return { node: node.name, kind: 'failed', error: known, undone: true };
  }
}

interface Work {
  /** In words; none when everything is as it should be. */
  readonly steps: readonly string[];
  readonly config: string;
  readonly files: readonly NodeFile[];
  readonly needsCredentials: boolean;
}

interface NodeFile {
  readonly file: string;
  readonly mode: number;
  readonly text: string;
}

/** What differs between the node and what is wanted. */
function workFor(
  node: TargetNode,
  { installed, programs }: Facts,
  { cluster, setup, program }: InstallOptions & { readonly program: string },
): Work {
  const config = configText(setup, installed.config);
  const unit = unitText(node.name, programs.get('node') ?? '/usr/bin/node');
  const needsCredentials = !isGood(installed.credentials, cluster.server, cluster.ca);
  const changed: NodeFile[] = [];
  if (sum(program) !== installed.programSum)
    changed.push({ file: files.program, mode: 0o644, text: program });
  if (config !== installed.config) changed.push({ file: files.config, mode: 0o644, text: config });
  if (sum(unit) !== installed.unitSum) changed.push({ file: files.unit, mode: 0o644, text: unit });
  const steps = [
    ...changed.map(({ file, text }) => `write ${file} (${text.length} bytes)`),
    ...(needsCredentials
      ? [`write ${files.kubeconfig} (a certificate of ${proxyUser} for ${cluster.server})`]
      : []),
  ];
  if (steps.length > 0 || !installed.active) steps.push(`start ${unitName} and wait until it is healthy`);
  return { steps, config, files: changed, needsCredentials };
}

async function activate(node: TargetNode, work: Work, options: InstallOptions): Promise<Answer> {
  const { cluster, signal, healthyWithinMs = 90_000 } = options;
  const written = [...work.files];
  if (work.needsCredentials) {
    const subject = { user: proxyUser, program: unitName, node: node.name };
    const { expires, ...pair } = await clientCertificate(cluster, subject, signal);
    const text = credentialsText(pair, cluster.server, cluster.ca, expires);
    written.unshift({ file: files.kubeconfig, mode: 0o600, text });
  }
  const script = readFileSync(join(repositoryRoot(), 'scripts', 'proxy', 'install', 'activate.cjs'), 'utf8');
  const order = {
    unit: unitName,
    files: written,
    program: files.program,
    ports: ownPorts(work.config),
    healthyWithinMs,
  };
  const { stdout } = await onNode(node, 'exec node -e "$1"', [script], {
    input: JSON.stringify(order),
    timeoutMs: 3 * healthyWithinMs + 60_000,
    signal,
  });
  return JSON.parse(stdout) as Answer;
}

type Answer = { readonly ok: true } | { readonly ok: false; readonly why: string; readonly undone: boolean };

function sum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
