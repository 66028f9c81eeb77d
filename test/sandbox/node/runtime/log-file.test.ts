import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLogFile } from '../../../../sandbox/node/runtime/log-file.ts';
import { logOptions, parseRecord, selectRecords } from '../../../../sandbox/node/server/log-records.ts';

describe('a log file', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function written(chunks: readonly string[]): string[] {
    const log = openLogFile(join(folder, 'a/0.log'), () => new Date(0));
    for (const chunk of chunks) log.write('stdout', Buffer.from(chunk));
    log.end();
    const lines = readFileSync(log.path, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => line.replace('1970-01-01T00:00:00.000000000Z stdout ', ''));
  }

  it('has one record a line, whatever the pieces', () => {
    expect(written(['on', 'e\ntwo\n\nth', 'ree\n'])).to.deep.equal(['F one', 'F two', 'F ', 'F three']);
  });

  it('keeps an unfinished last line as a part', () => {
    expect(written(['one\ntw'])).to.deep.equal(['F one', 'P tw']);
  });

  it('cuts very long lines', () => {
    const records = written([`${'x'.repeat(40_000)}\n`.slice(0, 40_000), '\n']);
    expect(records.map((record) => record.slice(0, 1))).to.deep.equal(['P', 'P', 'F']);
    expect(records.map((record) => record.slice(2)).join('')).to.equal('x'.repeat(40_000));
  });
});

describe('choosing log records', () => {
  const records = ['1 stdout F a', '2 stderr F b', '3 stdout P c', '3 stdout F d', '4 stdout F e'].map(
    (line) => {
      const [second = '', ...rest] = line.split(' ');
      const record = parseRecord(Buffer.from(`2026-01-01T00:00:0${second}.000000000Z ${rest.join(' ')}`));
      if (!record) throw new Error(line);
      return record;
    },
  );
  const chosen = (query: string) => {
    const options = logOptions(new URLSearchParams(query), Date.parse('2026-01-01T00:00:05Z'));
    return selectRecords(records, options)
      .map(({ text }) => text.toString())
      .join('');
  };
  for (const [query, expected] of [
    ['', 'abcde'],
    ['tailLines=1', 'e'],
    ['tailLines=2', 'cde'],
    ['tailLines=0', ''],
    ['tailLines=99', 'abcde'],
    ['sinceSeconds=2', 'cde'],
    ['sinceTime=2026-01-01T00:00:04Z', 'e'],
    ['stream=Stderr', 'b'],
  ] as const) {
    it(query || 'all', () => expect(chosen(query)).to.equal(expected));
  }

  it('passes over lines that are no records', () => {
    expect(parseRecord(Buffer.from('garbage'))).to.equal(undefined);
  });
});
