import { expect } from 'chai';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError } from '../../../lab/errors.ts';
import type { Store } from '../../../lab/store.ts';
import { openStore } from '../../../lab/store/open-store.ts';
import { failureOf } from '../../fakes/failure.ts';
import { keepAsBefore, smallRecord } from '../../fixtures/runs.ts';

describe('pruning a results folder', () => {
  let folder: string;
  let store: Store;
  const keepOnly = (keep: number, remove = true) => store.prune({ keep, keepNights: 1 }, { remove });
  const ids = async (): Promise<string[]> => (await store.summaries()).map(({ id }) => id);
  const night = (id: string, runs: readonly string[]): void => {
    mkdirSync(join(folder, 'nights', id), { recursive: true });
    const attempts = runs.map((run) => ({ run }));
    writeFileSync(join(folder, 'nights', id, 'night.json'), JSON.stringify({ id, attempts }));
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lab-store-test-'));
    store = openStore(folder);
    for (const id of ['a', 'b', 'c', 'd']) await store.keep(smallRecord({ id }));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('removes nothing before it is told to, and says what would go and how much that is', async () => {
    const before = readdirSync(folder);
    const pruning = await keepOnly(1, false);
    expect(pruning.remove.map(({ run }) => run)).to.deep.equal(['a', 'b', 'c']);
    expect(pruning.remove[0]?.bytes).to.be.greaterThan(1000);
    expect(readdirSync(folder)).to.deep.equal(before);
    expect(await ids()).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('removes runs with all that they have, from the index too', async () => {
    writeFileSync(join(folder, 'a', 'report.html'), 'x');
    await keepOnly(2);
    expect(readdirSync(folder).sort()).to.deep.equal(['c', 'd', 'index.jsonl']);
    expect(readFileSync(join(folder, 'index.jsonl'), 'utf8').split('\n')).to.have.length(3);
    expect(await ids()).to.deep.equal(['c', 'd']);
    await store.keep(smallRecord({ id: '0' }));
    expect(await ids()).to.deep.equal(['c', 'd', '0']);
  });

  it('leaves what the baseline names, wherever it stands in it', async () => {
    const baseline = { cells: [{ key: 'x', runs: ['a'] }], byRun: { b: { since: '2026' } } };
    writeFileSync(join(folder, 'baseline.json'), JSON.stringify(baseline));
    const pruning = await keepOnly(0);
    expect(pruning.protected.map(({ run }) => run)).to.deep.equal(['a', 'b']);
    expect(await ids()).to.deep.equal(['a', 'b']);
    expect(existsSync(join(folder, 'baseline.json'))).to.equal(true);
  });

  it('removes nothing where the baseline cannot be read', async () => {
    for (const spoil of [
      () => {
        writeFileSync(join(folder, 'baseline.json'), '{"runs": ["a"');
      },
      () => {
        rmSync(join(folder, 'baseline.json'));
        mkdirSync(join(folder, 'baseline.json'));
      },
    ]) {
      spoil();
      const error = await failureOf(keepOnly(0));
      expect(error).to.be.instanceOf(HostError);
      expect(error.message).to.include('which runs are accepted cannot be told');
      expect(await ids()).to.deep.equal(['a', 'b', 'c', 'd']);
    }
  });

  it('leaves the runs of the newest nights, and removes nights that lose their last run', async () => {
    night('night-1', ['a']);
    night('night-2', ['b', 'c']);
    night('night-of-others', ['elsewhere']);
    const pruning = await keepOnly(0);
    expect(pruning.nights).to.deep.equal(['night-1']);
    expect(await ids()).to.deep.equal(['b', 'c']);
    expect(readdirSync(join(folder, 'nights')).sort()).to.deep.equal(['night-2', 'night-of-others']);
  });

  it('follows no name out of the folder', async () => {
    const outside = `${folder}-outside`;
    mkdirSync(outside);
    try {
      mkdirSync(join(folder, 'nights', 'n'), { recursive: true });
      const id = `../../${outside.split('/').at(-1) ?? ''}`;
      writeFileSync(
        join(folder, 'nights', 'n', 'night.json'),
        JSON.stringify({ id, attempts: [{ run: 'a' }] }),
      );
      await store.prune({ keep: 0, keepNights: 0 }, { remove: true });
      expect(existsSync(outside)).to.equal(true);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it('leaves broken records, sweeps and files of others where they are', async () => {
    await keepAsBefore(folder, 'broken', '{');
    mkdirSync(join(folder, 'sweep-1', 'x'), { recursive: true });
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await keepOnly(0);
    expect(readdirSync(folder).sort()).to.deep.equal(['broken', 'index.jsonl', 'notes.txt', 'sweep-1']);
  });

  it('removes what killed commands left, and nothing that may be on its way in', async () => {
    for (const name of ['.removing-x', '.keeping-old', '.keeping-new', '.capturing-old'])
      mkdirSync(join(folder, name));
    const longAgo = Date.now() / 1000 - 2 * 86_400;
    for (const name of ['.keeping-old', '.capturing-old']) utimesSync(join(folder, name), longAgo, longAgo);
    const pruning = await keepOnly(4);
    expect(pruning.leftovers).to.deep.equal(['.capturing-old', '.keeping-old', '.removing-x']);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).to.deep.equal(['.keeping-new']);
  });
});
