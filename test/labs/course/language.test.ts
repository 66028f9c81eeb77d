import { expect } from 'chai';
import { chooseLanguage } from '../../../labs/course/language.ts';

describe('the language of the texts', () => {
  const cases: [flag: string | undefined, env: Record<string, string>, language: string][] = [
    [undefined, {}, 'en'],
    [undefined, { LANG: 'ko_KR.UTF-8' }, 'ko'],
    [undefined, { LANG: 'zh_CN.UTF-8' }, 'zh'],
    [undefined, { LANG: 'zh-Hans' }, 'zh'],
    [undefined, { LANG: 'de_DE.UTF-8' }, 'en'],
    [undefined, { LANG: 'ko_KR.UTF-8', LC_ALL: 'C' }, 'en'],
    [undefined, { LANG: 'ko_KR.UTF-8', LC_ALL: '' }, 'ko'],
    [undefined, { LANG: 'en_US.UTF-8', LC_MESSAGES: 'ko_KR' }, 'ko'],
    ['zh', { LC_ALL: 'ko_KR.UTF-8' }, 'zh'],
    ['KO', {}, 'ko'],
  ];
  for (const [flag, env, language] of cases) {
    it(`is ${language} with ${JSON.stringify({ flag, ...env })}`, () => {
      expect(chooseLanguage(flag, env)).to.deep.equal({ language });
    });
  }

  it('is English, and says so, when one is asked for that there is not', () => {
    expect(chooseLanguage('kr', {})).to.deep.equal({ language: 'en', unknown: 'kr' });
  });
});
