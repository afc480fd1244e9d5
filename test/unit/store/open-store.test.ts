import { expect } from 'chai';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError, RigError } from '../../../lab/errors.ts';
import { holdLock } from '../../../lab/lock.ts';
import type { Store } from '../../../lab/store.ts';
import { openStore } from '../../../lab/store/open-store.ts';
import { summaryOf } from '../../../lab/summarise.ts';
import { failureOf } from '../../fakes/failure.ts';
import { keepAsBefore, smallRecord } from '../../fixtures/runs.ts';

describe('a results folder', () => {
  let folder: string;
  let store: Store;
  const index = (): string => join(folder, 'index.jsonl');
  const ids = async (): Promise<string[]> => (await store.summaries()).map(({ id }) => id);
  const kept = async (id: string, changes: Parameters<typeof smallRecord>[0] = {}): Promise<void> => {
    await store.keep(smallRecord({ id, ...changes }));
  };
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'lab-store-test-')), 'results');
    store = openStore(folder);
  });
  afterEach(() => {
    rmSync(join(folder, '..'), { recursive: true });
  });

  it('that is not there has no runs, and is not made by looking', async () => {
    expect(await store.read()).to.deep.equal({ runs: [], setAside: [], notes: [] });
    expect(await store.rebuild()).to.deep.equal({ runs: [], setAside: [], notes: [] });
    expect(existsSync(folder)).to.equal(false);
  });

  it('keeps a run with its files, its night and its summary, and nothing else', async () => {
    const record = smallRecord({ id: 'run-1' });
    const files = new Map([['nodes/nfs01/ha-log', 'a log']]);
    const { directory, note } = await store.keep(record, { night: 'night-1', files });
    expect(note).to.equal(undefined);
    expect(readFileSync(join(directory, 'nodes/nfs01/ha-log'), 'utf8')).to.equal('a log');
    expect(await store.readRecord('run-1')).to.deep.equal(record);
    expect(await store.summaries()).to.deep.equal([summaryOf(record, 'night-1')]);
    expect(readdirSync(folder).sort()).to.deep.equal(['index.jsonl', 'run-1']);
  });

  it('says so of a run that it does not have, and of one whose record is damaged', async () => {
    await kept('run-1');
    expect(await failureOf(store.readRecord('run-2'))).to.be.instanceOf(HostError);
    truncateSync(join(folder, 'run-1', 'record.json'), 50);
    expect(await failureOf(store.readRecord('run-1'))).to.be.instanceOf(RigError);
  });

  it('refuses a run of an id that it has, and one whose id is no name of a folder', async () => {
    await kept('run-1');
    const before = readFileSync(join(folder, 'run-1', 'record.json'), 'utf8');
    for (const id of ['run-1', '../run-2', '.run', ''])
      expect((await failureOf(store.keep(smallRecord({ id })))).message).to.include('cannot be kept in');
    expect(readFileSync(join(folder, 'run-1', 'record.json'), 'utf8')).to.equal(before);
    expect(readdirSync(folder).sort()).to.deep.equal(['index.jsonl', 'run-1']);
  });

  it('keeps the order in which runs came, when the clock jumps back and when the index is lost', async () => {
    const order = ['20270101-late-clock', '20200101-early-clock', '20260601-right-clock'];
    for (const id of order) await kept(id);
    expect(await ids()).to.deep.equal(order);
    rmSync(index());
    expect(await ids()).to.deep.equal(order);
    expect((await store.rebuild()).runs.map(({ id }) => id)).to.deep.equal(order);
    await kept('20190101-early-again');
    expect(await ids()).to.deep.equal([...order, '20190101-early-again']);
  });

  it('keeps the order though summaries are of another release: every one is made anew', async () => {
    const order = ['b', 'c', 'a'];
    for (const id of order) await kept(id);
    for (const id of order) {
      const file = join(folder, id, 'summary.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"versionsDigest"', '"somethingElse"'));
    }
    rmSync(index());
    expect(await ids()).to.deep.equal(order);
    expect(readFileSync(join(folder, 'a', 'summary.json'), 'utf8')).to.include('"versionsDigest"');
  });

  it('takes in runs of releases that had no index, by id, before those that came since', async () => {
    await keepAsBefore(folder, 'old-2');
    await keepAsBefore(folder, 'old-1');
    await kept('new-1');
    expect(await ids()).to.deep.equal(['old-1', 'old-2', 'new-1']);
    expect(existsSync(join(folder, 'old-1', 'summary.json'))).to.equal(true);
    await keepAsBefore(folder, 'old-0');
    expect(await ids()).to.deep.equal(['old-1', 'old-2', 'new-1', 'old-0']);
  });

  it('takes in runs that were copied from another results folder, after its own, in their order', async () => {
    const other = join(folder, '..', 'other');
    for (const id of ['z', 'y']) await openStore(other).keep(smallRecord({ id }), { night: 'night-9' });
    for (const id of ['run-1', 'run-2', 'run-3']) await kept(id);
    for (const id of ['z', 'y']) cpSync(join(other, id), join(folder, id), { recursive: true });
    expect(await ids()).to.deep.equal(['run-1', 'run-2', 'run-3', 'z', 'y']);
    rmSync(index());
    expect(await ids()).to.deep.equal(['run-1', 'run-2', 'run-3', 'z', 'y']);
    expect((await store.summaries()).at(-1)?.night).to.equal('night-9');
  });

  it('learns the night of a run from the nights where nothing else says it', async () => {
    await keepAsBefore(folder, 'run-1');
    for (const [night, text] of [
      ['night-1', JSON.stringify({ id: 'night-1', attempts: [{ run: 'run-1' }] })],
      ['night-2', '{'],
      ['night-3', JSON.stringify({ id: 'night-3', attempts: 7 })],
    ] as const) {
      mkdirSync(join(folder, 'nights', night), { recursive: true });
      writeFileSync(join(folder, 'nights', night, 'night.json'), text);
    }
    expect((await store.summaries()).map(({ night }) => night)).to.deep.equal(['night-1']);
  });

  it('forgets runs whose folders were removed by hand', async () => {
    for (const id of ['run-1', 'run-2']) await kept(id);
    rmSync(join(folder, 'run-1'), { recursive: true });
    expect(await ids()).to.deep.equal(['run-2']);
    expect(readFileSync(index(), 'utf8')).to.include('run-1');
    await store.rebuild();
    expect(readFileSync(index(), 'utf8')).not.to.include('run-1');
  });

  it('sets broken records aside, names them, and reads all others', async () => {
    await kept('run-1');
    await keepAsBefore(folder, 'broken-1', '{');
    await keepAsBefore(folder, 'broken-2', JSON.stringify({ schema: 2 }));
    await keepAsBefore(folder, 'renamed', JSON.stringify(smallRecord({ id: 'other-name' })));
    mkdirSync(join(folder, 'no-run'));
    for (const { runs, setAside } of [await store.read(), await store.rebuild()]) {
      expect(runs.map(({ id }) => id)).to.deep.equal(['run-1']);
      expect(setAside.map(({ run }) => run)).to.deep.equal(['broken-1', 'broken-2', 'renamed']);
      expect(setAside.map(({ problem }) => problem).join('\n')).to.match(
        /^.*not a record.*\n.*not a valid record.*\nit holds the record of other-name.*$/,
      );
    }
    expect(readFileSync(join(folder, 'broken-1', 'record.json'), 'utf8')).to.equal('{');
    await kept('run-2');
    expect(await ids()).to.deep.equal(['run-1', 'run-2']);
  });

  it('does not believe a summary whose record became another one', async () => {
    await kept('run-1');
    await kept('run-2');
    truncateSync(join(folder, 'run-1', 'record.json'), 50);
    const { runs, setAside } = await store.rebuild();
    expect(runs.map(({ id }) => id)).to.deep.equal(['run-2']);
    expect(setAside.map(({ run }) => run)).to.deep.equal(['run-1']);
  });

  it('does not believe a summary of another run', async () => {
    await kept('run-1');
    await kept('run-2', { verdict: 'fail' });
    cpSync(join(folder, 'run-1', 'summary.json'), join(folder, 'run-2', 'summary.json'));
    const { runs } = await store.rebuild();
    expect(runs.map(({ id, verdict }) => `${id} ${verdict}`)).to.deep.equal(['run-1 pass', 'run-2 fail']);
  });

  it('reads on past a torn last line, and mends the index', async () => {
    for (const id of ['run-1', 'run-2', 'run-3']) await kept(id);
    const whole = readFileSync(index(), 'utf8');
    truncateSync(index(), whole.length - 40);
    expect(await ids()).to.deep.equal(['run-1', 'run-2', 'run-3']);
    expect(readFileSync(index(), 'utf8')).to.equal(whole);
  });

  it('appends after a torn line without a trace of it', async () => {
    for (const id of ['run-1', 'run-2']) await kept(id);
    const whole = readFileSync(index(), 'utf8');
    appendFileSync(index(), '{"sequence":3,"id":"to');
    await kept('run-3');
    const text = readFileSync(index(), 'utf8');
    expect(text.startsWith(whole)).to.equal(true);
    expect(text.split('\n')).to.have.length(4);
    expect(text).not.to.include('{"sequence":3,"id":"to{');
    expect(await ids()).to.deep.equal(['run-1', 'run-2', 'run-3']);
  });

  it('makes good lines that are garbage, of another release, or of somebody else', async () => {
    for (const id of ['b', 'a']) await kept(id);
    const lines = readFileSync(index(), 'utf8').split('\n');
    const spoiled = ['\0\0\0', (lines[0] ?? '').replace('"verdict"', '"other"'), lines[1] ?? '', '[]', ''];
    writeFileSync(index(), spoiled.join('\n'));
    expect((await ids()).sort()).to.deep.equal(['a', 'b']);
    expect(readFileSync(index(), 'utf8').split('\n')).to.have.length(3);
    writeFileSync(index(), 'nothing of it is left');
    expect(await ids()).to.have.members(['a', 'b']);
  });

  it('knows a run once, though it was taken in by a reader before its writer told of it', async () => {
    await kept('run-1');
    const record = smallRecord({ id: 'run-2' });
    await keepAsBefore(folder, 'run-2', JSON.stringify(record));
    expect(await ids()).to.deep.equal(['run-1', 'run-2']);
    await store.add(record, 'night-1');
    expect((await store.summaries()).map(({ id, night }) => [id, night])).to.deep.equal([
      ['run-1', null],
      ['run-2', 'night-1'],
    ]);
  });

  it('is read though its index cannot be written, and says so', async () => {
    for (const id of ['b', 'a']) await kept(id);
    rmSync(index());
    // A folder of this name is in the way of every write, whoever writes.
    mkdirSync(join(folder, 'index.jsonl.new', 'x'), { recursive: true });
    const { runs, notes } = await store.read();
    expect(runs.map(({ id }) => id)).to.deep.equal(['b', 'a']);
    expect(notes.join()).to.match(/^the index of .* could not be written: E/);
  });

  it('says so where its index cannot be written and nothing else was to be done', async () => {
    await kept('run-1');
    mkdirSync(join(folder, 'index.jsonl.new', 'x'), { recursive: true });
    rmSync(index());
    const error = await failureOf(store.add(smallRecord({ id: 'run-1' })));
    expect(error).to.be.instanceOf(HostError);
    expect(error.message).to.match(/the index of .* could not be written: E/);
    const pruned = await failureOf(store.prune({ keep: 9, keepNights: 0 }, { remove: true }));
    expect(pruned).to.be.instanceOf(HostError);
    expect(await ids()).to.deep.equal(['run-1']);
  });

  it('does not read an index that it may not read as an empty one', async () => {
    await kept('run-1');
    rmSync(index());
    mkdirSync(index());
    expect((await failureOf(store.read())).message).to.include('cannot be read: EISDIR');
  });

  it('keeps a run though the index is held for long or cannot be told', async () => {
    await kept('run-1');
    const whole = readFileSync(index(), 'utf8');
    rmSync(index());
    mkdirSync(index());
    const { directory, note } = await store.keep(smallRecord({ id: 'run-2' }));
    expect(note).to.include('the run is kept, but not in the index yet: ');
    expect(statSync(join(directory, 'record.json')).isFile()).to.equal(true);
    rmSync(index(), { recursive: true });
    writeFileSync(index(), whole);
    expect(await ids()).to.deep.equal(['run-1', 'run-2']);
  });

  it('waits for its turn at the index', async () => {
    await kept('run-1');
    const lock = await holdLock(join(folder, 'index.lock'), 'a test');
    const keeping = store.keep(smallRecord({ id: 'run-2' }));
    expect(readFileSync(index(), 'utf8')).not.to.include('run-2');
    await lock.release();
    expect(await keeping).not.to.have.property('note');
    expect(await ids()).to.deep.equal(['run-1', 'run-2']);
  });

  it('does not take for a run what is on its way in or out, a sweep or a night', async () => {
    await kept('run-1');
    for (const name of ['.keeping-run-2', '.removing-run-3', 'sweep-1', 'nights'])
      cpSync(join(folder, 'run-1'), join(folder, name), { recursive: true });
    expect(await store.read()).to.deep.include({ setAside: [], notes: [] });
    expect(await ids()).to.deep.equal(['run-1']);
    renameSync(join(folder, 'sweep-1'), join(folder, 'swept'));
    expect((await store.read()).setAside.map(({ run }) => run)).to.deep.equal(['swept']);
  });
});
