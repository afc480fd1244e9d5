import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  isDirty,
  labDirectory,
  markClean,
  markDirty,
  readDescription,
  readLabs,
  removeDescription,
  withLock,
  writeDescription,
  type LabDescription,
} from '../../lab/labs.ts';
import { failureOf } from '../fakes/failure.ts';

const description = (name: string): LabDescription => ({
  schema: 1,
  name,
  stack: 'heartbeat-sarge',
  edition: 'current',
  provider: 'qemu',
  settings: { deadtime: 10, autoFailback: true, 'drbd.protocol': 'C' },
  createdAt: '2024-05-01T12:00:00.000Z',
  snapshot: 'healthy',
});

describe('the labs of a folder', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'lab-labs-test-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  function folderOf(name: string): string {
    const directory = labDirectory(home, name);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  it('are described as they were written', async () => {
    const directory = folderOf('one');
    await writeDescription(directory, description('one'));
    expect(await readDescription(directory)).to.deep.equal(description('one'));
    await removeDescription(directory);
    expect(await readDescription(directory)).to.equal(undefined);
  });

  const damaged: [string, unknown][] = [
    ['no JSON', '{'],
    ['a newer schema', { ...description('one'), schema: 2 }],
    ['an unknown key', { ...description('one'), extra: true }],
    ['the name of another folder', description('two')],
    ['a name that leaves the folder', description('../one')],
    ['a snapshot that leaves the folder', { ...description('one'), snapshot: '../../etc' }],
    ['a setting that is an object', { ...description('one'), settings: { a: {} } }],
  ];
  for (const [what, content] of damaged)
    it(`are not described by a file with ${what}`, async () => {
      const directory = folderOf('one');
      writeFileSync(
        join(directory, 'lab.json'),
        typeof content === 'string' ? content : JSON.stringify(content),
      );
      expect(await readDescription(directory)).to.equal(undefined);
    });

  it('are dirty from a scenario on until they are restored', async () => {
    const directory = folderOf('one');
    expect(await isDirty(directory)).to.equal(false);
    await markDirty(directory, 'hard-halt');
    expect(await isDirty(directory)).to.equal(true);
    await markClean(directory);
    await markClean(directory);
    expect(await isDirty(directory)).to.equal(false);
  });

  it('are listed by name with their state; what was never finished is not among them', async () => {
    for (const name of ['b-running', 'a-stopped', 'c-damaged', 'd-plain'])
      await writeDescription(folderOf(name), {
        ...description(name),
        snapshot: name === 'd-plain' ? null : 'healthy',
      });
    for (const name of ['a-stopped', 'b-running'])
      mkdirSync(join(home, name, 'snapshots/healthy'), { recursive: true });
    folderOf('half-made');
    writeFileSync(join(home, 'a file'), '');
    await markDirty(folderOf('b-running'), 'hard-halt');
    await withLock(folderOf('a-stopped'), 'bringing it up', async () => {
      const labs = await readLabs(home, (lab) => Promise.resolve(lab.name === 'b-running'));
      expect(labs.map((lab) => [lab.description.name, lab.state, lab.dirty])).to.deep.equal([
        ['a-stopped', 'stopped', false],
        ['b-running', 'running', true],
        ['c-damaged', 'damaged', false],
        ['d-plain', 'stopped', false],
      ]);
      expect(labs[0]?.busyWith).to.equal(`bringing it up (process ${String(process.pid)})`);
      expect(labs[1]?.busyWith).to.equal(null);
    });
  });

  it('are none where there is no folder', async () => {
    expect(await readLabs(join(home, 'none'), () => Promise.resolve(true))).to.deep.equal([]);
  });

  it('are held by one command at a time, and free again when it fails', async () => {
    const directory = folderOf('one');
    await withLock(directory, 'first', async () => {
      const error = await failureOf(withLock(directory, 'second', () => Promise.resolve()));
      expect(error.message).to.include('is first');
    });
    await failureOf(withLock(directory, 'third', () => Promise.reject(new Error('broken'))));
    expect(await withLock(directory, 'fourth', () => Promise.resolve(4))).to.equal(4);
  });
});
