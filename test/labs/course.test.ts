import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { claims } from '../../labs/claims.ts';
import { labs } from '../../labs/index.ts';
import { resourceOf } from '../../lib/kube/apply/apply.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { defaultSet } from '../../scripts/apply/default-set.ts';
import { readManifest } from '../../scripts/verify/lab-context.ts';

const numbered = (letter: string, last: number) =>
  Array.from({ length: last }, (_, i) => `${letter}-${String(i + 1).padStart(2, '0')}`);

describe('the course', () => {
  const checks = labs.flatMap((lab) => lab.checks);

  it('has a check for each claim of the lab on pods and Services, and for those around it', () => {
    const wanted = [...numbered('L', 14), 'S-05', 'S-08', 'R-03', 'R-07', 'P-05', 'Z-02'];
    expect(checks.flatMap((check) => check.claims)).to.include.members(wanted);
  });

  it('names only claims of the documents, and each claim in one check', () => {
    const known = claims.map(({ id }) => id);
    const named = checks.flatMap((check) => check.claims);
    expect(known).to.include.members(named);
    expect(new Set(named).size).to.equal(named.length);
  });

  it('knows every claim of the five documents', () => {
    const all = [
      ...numbered('S', 11),
      ...numbered('L', 14),
      ...numbered('R', 10),
      ...numbered('P', 8),
      ...numbered('Z', 5),
    ];
    expect(claims.map(({ id }) => id)).to.have.members(all);
    for (const { documents } of claims) expect(documents).to.not.have.lengthOf(0);
  });

  it('has a folder for each lab, in order, and a file for each check', () => {
    const folder = join(repositoryRoot(), 'labs');
    const folders = readdirSync(folder).filter((name) => /^\d\d-/.test(name));
    expect(labs.map(({ id }) => id)).to.deep.equal(folders.sort());
    for (const { id, checks: own } of labs) {
      const files = readdirSync(join(folder, id)).filter((name) => name.endsWith('.check.ts'));
      expect(files, id).to.have.lengthOf(own.length);
    }
  });

  it('has titles that tell checks of a lab apart, and says for each where to look', () => {
    for (const { id, checks: own } of labs) {
      expect(new Set(own.map(({ title }) => title)).size, id).to.equal(own.length);
      for (const { look, title } of own) expect(look, title).to.not.equal('');
    }
  });
});

describe("the documents' manifests", () => {
  const folder = join(repositoryRoot(), 'manifests');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');

  for (const file of files) {
    it(`${file} holds known kinds and has its row in the README`, async () => {
      const objects = await readManifest(file.replace('.yaml', ''));
      expect(objects).to.not.have.lengthOf(0);
      for (const object of objects) expect(resourceOf(object).kind).to.equal(object.kind);
      expect(readme).to.include(`| ${file} |`);
    });
  }

  it('are in the default set where the README says so', () => {
    const rows = [...readme.matchAll(/^\| (\S+)\.yaml \| [^|]+ \| yes \|/gm)].map(([, name]) => name);
    expect(rows).to.have.members([...defaultSet]);
  });
});
