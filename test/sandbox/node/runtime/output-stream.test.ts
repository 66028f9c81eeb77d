import { expect } from 'chai';
import { outputReader } from '../../../../sandbox/node/runtime/output-stream.ts';

const run = 'a'.repeat(64);
const mark = `\0end ${run}\n`;

function read(chunks: readonly string[]): { text: string; ends: string[] } {
  let text = '';
  const ends: string[] = [];
  const reader = outputReader(
    (data) => {
      text += data.toString('latin1');
    },
    (id) => ends.push(id),
  );
  for (const chunk of chunks) reader.feed(Buffer.from(chunk, 'latin1'));
  return { text, ends };
}

describe("a container's output", () => {
  for (const [what, chunks, text, ends] of [
    ['passes as it is', ['one\ntwo'], 'one\ntwo', []],
    ['ends with the mark, which is not part of it', [`one${mark}`], 'one', [run]],
    ['may have the mark in pieces', ['one\0e', `nd ${run}`, '\n'], 'one', [run]],
    [
      'may hold NUL and words like the mark',
      ['a\0b\0end nothing of the kind, and much more text than a mark would have\n'],
      'a\0b\0end nothing of the kind, and much more text than a mark would have\n',
      [],
    ],
    ['goes on after a mark with the next run', [`one${mark}two`], 'onetwo', [run]],
  ] as const) {
    it(what, () => expect(read(chunks)).to.deep.equal({ text, ends }));
  }

  it('is the same however it is cut', () => {
    const whole = `x\0y\0en${mark}z`;
    for (let at = 1; at < whole.length; at++) {
      expect(read([whole.slice(0, at), whole.slice(at)])).to.deep.equal({ text: 'x\0y\0enz', ends: [run] });
    }
  });
});
