import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { claims } from '../../labs/claims.ts';
import type { Step } from '../../labs/step.ts';
import { repositoryRoot } from '../../lib/root.ts';
import type { LintFinding, WholeStep } from './lint.ts';
import { deadPages } from './lint-pages.ts';

/** Links that lead nowhere: files, documents, and with `online` pages; steps without a link to both document and documentation. */
export async function linkFindings(
  steps: readonly WholeStep[],
  { online, signal }: { online: boolean; signal: AbortSignal },
): Promise<LintFinding[]> {
  const findings = steps.flatMap((each) => {
    const messages = [...stepLinks(each.step), ...textsOf(each).flatMap(missingFiles)];
    return [...new Set(messages)].map(
      (message): LintFinding => ({ where: placeOf(each), rule: 'link', message }),
    );
  });
  if (online) findings.push(...(await deadPages(pagesOf(steps), signal)));
  return findings;
}

function placeOf({ ref }: WholeStep): string {
  return `labs/${ref.lab}/steps/${ref.step}`;
}

function textsOf({ texts }: WholeStep): string[] {
  return Object.values(texts).map(({ task, solution, since = '', hints }) => {
    return [task, solution, since, ...hints].join('\n');
  });
}

function stepLinks({ links, claims: taught }: Step): string[] {
  const messages: string[] = [];
  if (!links.some((link) => link.startsWith('https://')))
    messages.push("no link to Kubernetes' documentation");
  if (taught.length > 0 && !links.some((link) => /^documents? \d{3}/.test(link))) {
    messages.push("no link to the claim's place in a document");
  }
  const places = links.filter((link) => link.startsWith('document'));
  const named = places.flatMap((place) => place.split(/["“:]/, 1)[0]?.match(/\b\d{3}\b/g) ?? []);
  for (const number of named) if (!documents.has(number)) messages.push(`there is no document ${number}`);
  return messages;
}

function missingFiles(text: string): string[] {
  return [...text.matchAll(/\b(?:manifests|labs|docs)\/[\w./-]+\.(?:yaml|md|ts)\b/g)]
    .map(([file]) => file)
    .filter((file) => !existsSync(join(repositoryRoot(), file)))
    .map((file) => `there is no file ${file}`);
}

/** The pages that steps link to, each with one of the steps. */
function pagesOf(steps: readonly WholeStep[]): Map<string, string> {
  const pages = new Map<string, string>();
  for (const each of steps) {
    const inTexts = textsOf(each).flatMap((text) => text.match(/https:\/\/[^\s)>`]+[^\s)>`.,;:]/g) ?? []);
    for (const page of [...each.step.links, ...inTexts]) {
      if (page.startsWith('https://') && !/ADDRESS|example/i.test(page)) pages.set(page, placeOf(each));
    }
  }
  return pages;
}

const documents = new Set(claims.flatMap((claim) => claim.documents));
