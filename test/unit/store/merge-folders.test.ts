import { expect } from 'chai';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError, UsageError } from '../../../lab/errors.ts';
import { copyRun, filesOfRun } from '../../../lab/store/copy-run.ts';
import { mergeFolders } from '../../../lab/store/merge-folders.ts';
import { keepNight, readNights } from '../../../lab/store/night-files.ts';
import { openStore } from '../../../lab/store/open-store.ts';
import { failureOf } from '../../fakes/failure.ts';
import { keepNightText, keepSharded, keepWhole, nightOf } from '../../fixtures/night-folders.ts';
import { keepAsBefore, smallRecord } from '../../fixtures/runs.ts';

const stacks = ['a', 'b', 'c'];
const runs = stacks.flatMap((stack) =>
  ['hard-halt', 'link-cut'].map((scenario) => ({ stack, scenario, stallSeconds: 20 })),
);

describe('merging results folders', () => {
  let base: string;
  let shards: string[];
  let into: string;
  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'lab-merge-test-'));
    shards = stacks.map((_, i) => join(base, `shard-${String(i + 1)}`));
    into = join(base, 'merged');
    await keepSharded(shards, nightOf(runs), (cell) => stacks.indexOf(cell.charAt(0)) + 1);
  });
  afterEach(() => {
    rmSync(base, { recursive: true });
  });
  const nights = async (): Promise<string[]> => (await readNights(into)).nights.map(({ id }) => id);
  /** Every file of a folder with its content. */
  const everything = (folder: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map((file) => [file.slice(folder.length), readFileSync(file, 'latin1')]),
    );

  it('copies runs as they are and makes one night of its shards, whose runs are of that night', async () => {
    writeFileSync(join(shards[0] ?? '', '20261122T010000Z-a-hard-halt-1', 'report.html'), 'a page');
    const merged = await mergeFolders(into, shards);
    expect(merged.copied).to.have.length(6);
    expect(merged).to.deep.include({ present: [], nights: [], setAside: [] });
    expect(merged.joined.map(({ id }) => id)).to.deep.equal(['night-20261122T010000Z']);
    expect(await nights()).to.deep.equal(['night-20261122T010000Z']);
    const { runs: there, setAside } = await openStore(into).read();
    expect(there.map(({ id }) => id)).to.deep.equal(merged.joined[0]?.attempts.map(({ run }) => run));
    expect(new Set(there.map(({ night }) => night))).to.deep.equal(new Set(['night-20261122T010000Z']));
    expect(setAside).to.deep.equal([]);
    for (const { id } of there) {
      const from = shards.find((shard) => existsSync(join(shard, id))) ?? '';
      for (const file of ['record.json', 'samples.json.gz'])
        expect(readFileSync(join(into, id, file)).equals(readFileSync(join(from, id, file)))).to.equal(true);
    }
    expect(readFileSync(join(into, '20261122T010000Z-a-hard-halt-1', 'report.html'), 'utf8')).to.equal(
      'a page',
    );
    expect(readdirSync(into).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('leaves the folders as they are, even without an index', async () => {
    rmSync(join(shards[0] ?? '', 'index.jsonl'));
    const before = shards.map(everything);
    await mergeFolders(into, shards);
    expect(shards.map(everything)).to.deep.equal(before);
  });

  it('is the same when it is done twice, in whatever order', async () => {
    await mergeFolders(into, shards);
    const once = everything(into);
    const again = await mergeFolders(into, [...shards].reverse());
    expect(again.copied).to.deep.equal([]);
    expect(again.present).to.have.length(6);
    expect(everything(into)).to.deep.equal(once);
  });

  it('goes on where it was killed, past what it left', async () => {
    await mergeFolders(into, shards);
    const whole = everything(into);
    rmSync(join(into, '20261122T010000Z-b-link-cut-1'), { recursive: true });
    rmSync(join(into, 'index.jsonl'));
    mkdirSync(join(into, '.keeping-20261122T010000Z-b-link-cut-1-0badcafe'));
    const again = await mergeFolders(into, shards);
    expect(again.copied).to.deep.equal(['20261122T010000Z-b-link-cut-1']);
    expect(Object.keys(everything(into))).to.deep.equal(Object.keys(whole));
  });

  it('takes in a shard that comes later, and does not go back to a night with fewer', async () => {
    await mergeFolders(into, shards.slice(0, 2));
    expect((await readNights(into)).nights[0]?.leftOut.map(({ cell }) => cell)).to.deep.equal([
      'shard 3 of 3',
    ]);
    const whole = await mergeFolders(into, shards);
    expect(whole.joined[0]?.leftOut).to.deep.equal([]);
    expect(whole.copied).to.have.length(2);
    const less = await mergeFolders(into, shards.slice(0, 1));
    expect(less.joined[0]).to.deep.equal(whole.joined[0]);
    const lost = await failureOf(mergeFolders(into, [shards[0] ?? '', await strange()]));
    expect(lost).to.be.instanceOf(UsageError);
  });
  /** A night of the same id as the whole one, with a run that it does not have. */
  async function strange(): Promise<string> {
    const folder = join(base, 'strange');
    await keepWhole(folder, nightOf([{ stack: 'z', scenario: 'hard-halt', stallSeconds: 1 }]));
    return folder;
  }

  it('puts the runs after those that are there, by night and not by clock', async () => {
    await keepWhole(
      into,
      nightOf([{ stack: 'a', scenario: 'hard-halt', stallSeconds: 3 }], { id: 'night-20990101T000000Z' }),
    );
    await mergeFolders(into, shards);
    const order = (await openStore(into).summaries()).map(({ id }) => id);
    expect(order[0]).to.equal('20990101T000000Z-a-hard-halt-1');
    expect(order).to.have.length(7);
  });

  it('copies whole nights and runs by hand', async () => {
    const other = join(base, 'other');
    const night = await keepWhole(
      other,
      nightOf([{ stack: 'a', scenario: 'hard-halt', stallSeconds: 3 }], { id: 'night-1' }),
    );
    await openStore(other).keep(smallRecord({ id: 'by-hand' }));
    const merged = await mergeFolders(into, [other]);
    expect(merged.nights).to.deep.equal([night]);
    expect(merged.joined).to.deep.equal([]);
    expect((await openStore(into).summaries()).map(({ id, night: of }) => [id, of])).to.deep.equal([
      ['1-a-hard-halt-1', 'night-1'],
      ['by-hand', null],
    ]);
  });

  it('tells a run that is there already of which night it is', async () => {
    const run = '20261122T010000Z-a-hard-halt-1';
    mkdirSync(into);
    cpSync(join(shards[0] ?? '', run), join(into, run), { recursive: true });
    expect((await openStore(into).summaries())[0]?.night).to.equal('night-20261122T010000Z-1of3');
    const merged = await mergeFolders(into, shards);
    expect(merged.present).to.deep.equal([run]);
    const store = openStore(into);
    expect(new Set((await store.summaries()).map(({ night }) => night))).to.deep.equal(
      new Set(['night-20261122T010000Z']),
    );
  });

  it('overwrites no different run, and copies nothing then', async () => {
    const run = '20261122T010000Z-a-hard-halt-1';
    await openStore(into).keep(smallRecord({ id: run, stallSeconds: 99 }));
    const before = everything(into);
    expect((await failureOf(mergeFolders(into, shards))).message).to.contain(
      'are different runs of the same id',
    );
    expect(everything(into)).to.deep.equal(before);
    const other = join(base, 'other');
    await openStore(other).keep(smallRecord({ id: run, stallSeconds: 98 }));
    const fresh = join(base, 'fresh');
    expect(await failureOf(mergeFolders(fresh, [...shards, other]))).to.be.instanceOf(UsageError);
    expect(existsSync(fresh)).to.equal(false);
  });

  it('tells samples of another measurement from those of the same record', async () => {
    await mergeFolders(into, shards);
    writeFileSync(join(shards[1] ?? '', '20261122T010000Z-b-link-cut-1', 'samples.json.gz'), 'others');
    expect((await failureOf(mergeFolders(into, shards))).message).to.contain('different runs');
  });

  it('carries a broken record along, set aside, and names a night that cannot be read', async () => {
    const shard = shards[1] ?? '';
    await keepAsBefore(shard, '20261122T010000Z-b-broken', '{');
    await keepNightText(shard, 'night-20261122T010000Z-2of3', '{"schema": 1');
    const merged = await mergeFolders(into, shards);
    expect(merged.setAside.map(({ folder, run }) => [folder, run])).to.deep.equal([
      [shard, '20261122T010000Z-b-broken'],
      [shard, 'nights/night-20261122T010000Z-2of3'],
    ]);
    expect((await openStore(into).read()).setAside.map(({ run }) => run)).to.deep.equal([
      '20261122T010000Z-b-broken',
    ]);
    expect(merged.joined[0]?.leftOut.map(({ cell }) => cell)).to.deep.equal(['shard 2 of 3']);
  });

  it('refuses what leads out of the folder: links, ids that are paths, names that are not those of runs', async () => {
    const [first = '', second = '', third = ''] = shards;
    const outside = join(base, 'secret');
    writeFileSync(outside, 'nobody may read this');
    symlinkSync(outside, join(first, '20261122T010000Z-a-hard-halt-1', 'link'));
    expect((await failureOf(mergeFolders(into, [first]))).message).to.contain(
      'link is neither a file nor a folder',
    );

    await keepAsBefore(second, 'baseline.json', JSON.stringify(smallRecord({ id: 'baseline.json' })));
    expect((await failureOf(mergeFolders(into, [second]))).message).to.contain('a run is not called so');

    const hostile = (await readNights(third)).nights[0];
    for (const changes of [
      { id: '../../escaped' },
      { attempts: hostile?.attempts.map((attempt) => ({ ...attempt, run: '../../escaped' })) },
    ]) {
      await keepNightText(third, 'night-x', JSON.stringify({ ...hostile, ...changes }));
      const merged = await mergeFolders(join(base, 'clean'), [third]);
      expect(merged.setAside.map(({ run }) => run)).to.deep.equal(['nights/night-x']);
      rmSync(join(base, 'clean'), { recursive: true });
    }
    symlinkSync(second, join(third, 'elsewhere'));
    expect((await mergeFolders(join(base, 'clean'), [third])).copied).to.have.length(2);
    expect(existsSync(into)).to.equal(false);
    expect(readdirSync(base).sort()).to.deep.equal(['clean', 'secret', 'shard-1', 'shard-2', 'shard-3']);
  });

  it('refuses folders that are none, that hold nothing, and the one that is merged into', async () => {
    const empty = join(base, 'empty');
    mkdirSync(empty);
    const wrong: [string, string][] = [
      [join(base, 'none'), 'there is no folder'],
      [empty, 'holds no run and no night'],
      [base, 'holds no run and no night'],
    ];
    for (const [folder, message] of wrong)
      expect((await failureOf(mergeFolders(into, [folder]))).message).to.contain(message);
    const [first = ''] = shards;
    expect((await failureOf(mergeFolders(first, [first]))).message).to.contain(
      'cannot be merged into itself',
    );
    symlinkSync(first, join(base, 'same'));
    expect((await failureOf(mergeFolders(first, [join(base, 'same')]))).message).to.contain(
      'merged into itself',
    );
  });

  it('leaves nothing of a run that could not be copied as a whole, and never puts it over another one', async () => {
    const [from = ''] = shards;
    const run = '20261122T010000Z-a-hard-halt-1';
    mkdirSync(into);
    const files = await filesOfRun(join(from, run));
    const gone = { ...files, files: [...files.files, 'nodes/gone.log'] };
    const failure = await failureOf(copyRun(from, into, run, gone, undefined));
    expect(failure).to.be.instanceOf(HostError);
    expect(failure.message).to.contain(`the run ${run} cannot be copied to ${into}: ENOENT`);
    expect(readdirSync(into)).to.deep.equal([]);
    mkdirSync(join(into, run));
    expect((await failureOf(copyRun(from, into, run, files, undefined))).message).to.contain(
      'one of this id already',
    );
    expect(readdirSync(into)).to.deep.equal([run]);
  });

  it('refuses shards of different seeds', async () => {
    const [night] = (await readNights(shards[1] ?? '')).nights;
    if (night !== undefined) await keepNight(shards[1] ?? '', { ...night, seed: 8 });
    expect((await failureOf(mergeFolders(into, shards))).message).to.contain('their seed is 7 and 8');
    expect(existsSync(into)).to.equal(false);
  });
});
