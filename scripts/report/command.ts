import { didYouMean } from '../../lib/suggest.ts';
import type { Command, Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { anonymisedAll } from './anonymise.ts';
import { renderCsv } from './csv.ts';
import { deliver } from './deliver.ts';
import { renderHtml } from './html.ts';
import { renderJunitReport } from './junit.ts';
import { renderMarkdownReport } from './markdown.ts';
import { ownResult } from './own-result.ts';
import { type ReadResults, readResults } from './read-results.ts';
import type { Result } from './result.ts';

/** `workshop report` */
export const reportCommand: Command = {
  usage: ['[FILE…] [--format FORMAT] [--output FILE] [--anonymise]'],
  description:
    'Without files: your own result. With the JSON results of several learners: a table of the class. Files that are cut off or were\n' +
    "changed are named and not counted (exit code 1); the others' results stand. A result is no proof: who can write the file\n" +
    'can write another one. `workshop lab test` and a look at the cluster are.',
  examples: [
    { command: 'workshop report', does: 'your steps as a Markdown table' },
    {
      command: 'workshop report --json --learner "Kim Minji" > kim.json',
      does: 'what an instructor collects',
    },
    { command: 'workshop report results/*.json --format html --output class.html', does: 'the class' },
  ],
  flags: {
    format: { type: 'string', value: 'FORMAT', summary: 'md, json, junit, csv or html (default: md)' },
    output: { type: 'string', value: 'FILE', summary: 'write to this file' },
    learner: { type: 'string', value: 'NAME', summary: 'your name in the result (default: the user name)' },
    anonymise: { type: 'boolean', summary: 'numbers in place of names' },
  },
  async run(context) {
    const format = formatOf(context);
    const { args, flags, progress } = context;
    const read: ReadResults =
      args.length > 0 ? readResults(args) : { results: [ownResult(context)], damaged: [], superseded: [] };
    for (const { file, why } of read.damaged) progress.warn(`${file} is not counted: ${why}`);
    for (const { file, by } of read.superseded) progress.warn(`${file} is not counted: ${by} is newer`);
    const shown = flags['anonymise'] === true ? anonymisedAll(read) : read;
    deliver(context, render(format, shown.results, { ...shown, single: args.length === 0 }));
    return read.damaged.length > 0 ? 1 : 0;
  },
};

const formats = ['md', 'json', 'junit', 'csv', 'html'] as const;
type Format = (typeof formats)[number];

function formatOf({ flags, json }: Context): Format {
  const word = json ? 'json' : (flags['format'] ?? 'md');
  const found = formats.find((format) => format === word);
  if (found) return found;
  throw usageError(`--format "${word}" is none of ${formats.join(', ')}${didYouMean(String(word), formats)}`);
}

function render(
  format: Format,
  results: readonly Result[],
  { damaged, single }: ReadResults & { single: boolean },
): string {
  switch (format) {
    case 'md':
      return renderMarkdownReport(results);
    case 'csv':
      return renderCsv(results);
    case 'junit':
      return renderJunitReport(results);
    case 'html':
      return renderHtml(results, damaged);
    case 'json':
      return `${JSON.stringify(single ? results[0] : { results, damaged }, null, 2)}\n`;
  }
}
