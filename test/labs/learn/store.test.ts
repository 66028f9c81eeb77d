import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { clusterPaths } from '../../../lib/paths.ts';
import { removeFolder } from '../../../scripts/down/remove.ts';
import { courseFiles, openStore } from '../../../scripts/learn/store.ts';

const step = '01-pods/10-three-pods';

describe('the files of a progress', () => {
  let state: string;
  const paths = () => clusterPaths('c', state);
  const events = () => join(paths().root, 'events.jsonl');

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'workshop-store-'));
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  it('are read by the next command, and by nobody else', () => {
    openStore(paths()).record({ kind: 'started', step, content: 'x' });
    const next = openStore(paths());
    expect(next.progress().current).to.equal(step);
    expect(JSON.parse(readFileSync(next.progressFile, 'utf8'))).to.deep.equal(next.progress());
    for (const file of [next.progressFile, events()]) expect(statSync(file).mode & 0o777).to.equal(0o600);
  });

  it('survive a line that was cut off, and so does what comes after it', () => {
    const store = openStore(paths());
    store.record({ kind: 'started', step, content: 'x' });
    appendFileSync(events(), '{"at":"2026-01-01T00:00:00Z","step":"01-p');
    store.record({ kind: 'solution', step });
    expect(store.events().map(({ kind }) => kind)).to.deep.equal(['started', 'solution']);
    expect(store.progress().steps[step]?.solutionSeen).to.equal(true);
  });

  it('make up for one another', () => {
    const store = openStore(paths());
    store.record({ kind: 'started', step, content: 'x' });
    const before = store.progress();
    writeFileSync(store.progressFile, 'garbage');
    expect(store.progress()).to.deep.equal(before);
    store.record({ kind: 'solution', step });
    rmSync(events());
    expect(store.progress().steps[step]?.solutionSeen).to.equal(true);
  });

  it('are nothing at all before the first step', () => {
    expect(openStore(paths()).progress()).to.deep.equal({ version: 1, steps: {} });
    expect(existsSync(paths().root)).to.equal(false);
  });

  it('stay when the cluster goes, and everything else goes', () => {
    const store = openStore(paths());
    store.record({ kind: 'started', step, content: 'x' });
    writeFileSync(paths().kubeconfig, '');
    expect(removeFolder(paths().root, courseFiles)).to.equal(true);
    expect(existsSync(paths().kubeconfig)).to.equal(false);
    expect(store.progress().current).to.equal(step);
    expect(removeFolder(paths().root, courseFiles)).to.equal(false);
  });
});
