import { expect } from 'chai';
import { labelValue, qualifiedName } from '../../../../sandbox/apiserver/validation/labels.ts';
import type { NameRule } from '../../../../sandbox/apiserver/validation/names.ts';
import {
  configKey,
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  envName,
  maskTrailingDash,
} from '../../../../sandbox/apiserver/validation/names.ts';
import { portNameReasons } from '../../../../sandbox/apiserver/validation/numbers.ts';

describe('naming rules', () => {
  const long = (length: number) => 'a'.repeat(length);
  const rules: [name: string, rule: NameRule, good: string[], bad: string[]][] = [
    [
      'dnsLabel',
      dnsLabel,
      ['a', '123-abc', 'web', long(63)],
      ['', '123_abc', '-web', 'web-', 'a.b', 'Web', long(64)],
    ],
    ['dns1035Label', dns1035Label, ['a', 'a-1'], ['', '1a', 'a-', 'A']],
    ['dnsSubdomain', dnsSubdomain, ['a', 'a.b-c.d', '1.2', long(253)], ['', '.a', 'a..b', 'a_b', long(254)]],
    ['configKey', configKey, ['a', 'A_b.c-d', '...a'.slice(3)], ['', 'a b', '.', '..', '..a', long(254)]],
    ['envName', envName, ['A', 'a.b-c', '1a', 'a b'], ['', 'a=b', 'ä']],
    [
      'qualifiedName',
      qualifiedName,
      ['a', 'a/b', 'x.y/A_b.c', long(63)],
      ['', 'a/', '/a', 'a/b/c', '-a', long(64)],
    ],
    ['labelValue', labelValue, ['', 'a', 'A_b.c-1'], ['-a', 'a b', long(64)]],
    ['portName', portNameReasons, ['http', 'a-1'], ['', '80', 'a--b', '-a', 'Http', long(16)]],
  ];
  for (const [name, rule, good, bad] of rules) {
    for (const text of good) {
      it(`${name} takes ${text.slice(0, 20)} (${text.length})`, () => {
        expect(rule(text)).to.deep.equal([]);
      });
    }
    for (const text of bad) {
      it(`${name} refuses ${JSON.stringify(text.slice(0, 20))} (${text.length})`, () => {
        expect(rule(text)).not.to.deep.equal([]);
      });
    }
  }

  it('sees a generated name as it will end', () => {
    expect(maskTrailingDash('web-')).to.equal('wea');
    expect(maskTrailingDash('web')).to.equal('web');
    expect(maskTrailingDash('-')).to.equal('-');
  });
});
