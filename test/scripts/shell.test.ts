import { expect } from 'chai';
import { complaint, shell } from '../../scripts/cli/shell.ts';

describe('shell of the commands', () => {
  for (const word of ['two words', "it's", '$(id)', '', 'a\nb', '"`;&|<>*']) {
    it(`passes ${JSON.stringify(word)} as one argument`, async () => {
      const { stdout } = await shell()`printf %s. ${word}`;
      expect(stdout).to.equal(`${word}.`);
    });
  }

  it('makes several arguments of an array, and runs pipelines', async () => {
    const { stdout } = await shell()`printf '%s\n' ${['b c', 'a']} | sort`;
    expect(stdout).to.equal('a\nb c\n');
  });

  it('tells what a failed script said', async () => {
    const thrown: unknown = await shell()`echo "no such link" >&2; exit 3`.catch((error: unknown) => error);
    expect(complaint(thrown)).to.equal('no such link');
  });

  it('ends with its signal', async () => {
    const controller = new AbortController();
    const sleeping = shell(controller.signal)`sleep 60`.catch(() => 'ended');
    controller.abort();
    expect(await sleeping).to.equal('ended');
  });
});
