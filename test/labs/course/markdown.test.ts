import { expect } from 'chai';
import { renderMarkdown } from '../../../labs/course/markdown/render.ts';
import { columnsOf } from '../../../labs/course/markdown/width.ts';

const plain = (source: string, width = 40) => renderMarkdown(source, { width, color: false });

describe('Markdown on a terminal', () => {
  const cases: [name: string, source: string, text: string][] = [
    [
      'joins and breaks the lines of a paragraph',
      'one\ntwo three four five six seven eight nine',
      'one two three four five six seven eight\nnine',
    ],
    [
      'keeps signs of headings and code',
      '## A `b`\n\nRun `kubectl get pods` now.',
      '## A `b`\n\nRun `kubectl get pods` now.',
    ],
    [
      'indents items under their text',
      '1. one two three four five six seven eight\n2. b',
      '  1. one two three four five six seven\n     eight\n  2. b',
    ],
    ['goes on with an item in its next line', '- one\n  two\n- three', '  - one two\n  - three'],
    ['leaves code as it is', '```sh\na   b\n  c\n```', '    a   b\n      c'],
    [
      'breaks only code that is too long',
      `\`\`\`\n${'x'.repeat(40)}\n\`\`\``,
      `    ${'x'.repeat(34)}\n      ${'x'.repeat(6)}`,
    ],
    [
      'takes the stars away',
      'a **strong** and *weak* word, 2 * 3 * 4, snake_case_name',
      'a strong and weak word, 2 * 3 * 4,\nsnake_case_name',
    ],
    ['writes the address of a link behind it', '[Services](https://k8s.io/s)', 'Services (https://k8s.io/s)'],
    ['leaves comments out', 'a\n\n<!-- hidden -->\n\nb', 'a\n\nb'],
    [
      'sets tables in columns',
      '| a | bb |\n| --- | --- |\n| 클러스터 | c |',
      '  a          bb\n  클러스터   c',
    ],
    ['takes code as it stands', '`**not strong**`', '`**not strong**`'],
    ['quotes', '> said\n> twice', '> said twice'],
  ];
  for (const [name, source, text] of cases) {
    it(name, () => expect(plain(source)).to.equal(text));
  }

  it('counts wide characters as two columns', () => {
    expect(['a', '파드', '服务', '、', 'é', 'e\u0301', '→'].map(columnsOf)).to.deep.equal([
      1, 4, 4, 2, 1, 1, 1,
    ]);
  });

  it('breaks Chinese between any two characters, but not before a full stop', () => {
    expect(plain('服务有一个固定的地址，客户端不知道后面的容器组。', 20)).to.equal(
      '服务有一个固定的地\n址，客户端不知道后面\n的容器组。',
    );
  });

  it('breaks Korean at spaces, and keeps what belongs to a word with it', () => {
    expect(plain('`regcred`를 만들었습니다. 시크릿을 삭제하세요', 24)).to.equal(
      '`regcred`를\n만들었습니다. 시크릿을\n삭제하세요',
    );
  });

  it('has escape sequences only with colour, and then the same words', () => {
    const source = '# Title\n\nSome `code`, **strong** and https://k8s.io';
    const coloured = renderMarkdown(source, { width: 80, color: true });
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    expect(coloured).to.match(escapes);
    expect(coloured.replace(escapes, '')).to.equal('Title\n\nSome code, strong and https://k8s.io');
    expect(plain(source)).to.not.match(escapes);
  });
});
