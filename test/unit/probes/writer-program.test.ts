import { execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { formatRecord, parseRecords } from '../../../lab/ledger.ts';
import { writerProgram } from '../../../lab/probes/writer-program.ts';
import { parseSample } from '../../../lab/probes/writer.ts';
import { eventually } from '../../fakes/failure.ts';
import { startProgram, type RunningWriter } from '../../fixtures/writer.ts';

const intervalMs = 10;

describe('the writer program', () => {
  let folder: string;
  const running: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-writer-test-'));
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  function start(path: string, { lifetime = 60 }: { lifetime?: number } = {}): RunningWriter {
    const writer = startProgram(writerProgram, ['sv01', path, String(intervalMs), String(lifetime), '0']);
    running.push(writer.child);
    return writer;
  }

  function expectGrid(samples: RunningWriter['samples']): void {
    const [first] = samples;
    if (first === undefined) throw new Error('no samples');
    for (const [n, sample] of samples.entries()) {
      expect(sample.sequence).to.equal(n);
      expect(sample.dueMs - first.dueMs).to.be.closeTo(n * intervalMs, 0.01);
      expect(sample.startMs).to.be.at.least(sample.dueMs - 0.01);
      expect(sample.endMs).to.be.at.least(sample.startMs);
    }
  }

  it('appends the records of the ledger, byte for byte, and ends with its input', async () => {
    const path = join(folder, 'records');
    const writer = start(path);
    await eventually('ten operations', () => writer.samples.length >= 10);
    expect(await writer.stop()).to.equal(0);
    const text = readFileSync(path, 'latin1');
    const expected = writer.samples.map(({ sequence }) => formatRecord('sv01', sequence)).join('');
    expect(text.slice(0, expected.length)).to.equal(expected);
    expect(parseRecords(text).every((record) => record.crc !== null)).to.equal(true);
    expect(writer.samples.every((sample) => sample.error === null)).to.equal(true);
    expectGrid(writer.samples);
  });

  it('keeps to its schedule through a stop of 300 ms and makes up for what it missed', async () => {
    const writer = start(join(folder, 'records'));
    await eventually('some operations', () => writer.samples.length >= 5);
    writer.child.kill('SIGSTOP');
    const stoppedAt = writer.samples.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    writer.child.kill('SIGCONT');
    await eventually('all that was due', () => writer.samples.length >= stoppedAt + 40);
    await writer.stop();
    expectGrid(writer.samples);
    const latest = Math.max(...writer.samples.map((sample) => sample.startMs - sample.dueMs));
    expect(latest).to.be.within(200, 8000);
  });

  it('waits in the operation that blocks, and tells how long it took', async () => {
    const path = join(folder, 'fifo');
    execFileSync('mkfifo', [path]);
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const records = (count: number): Buffer => Buffer.alloc(count * formatRecord('sv01', 0).length);
    const room = 5;
    // A pipe holds 64 KiB (pipe(7)).
    writeSync(pipe, records(512 - room));
    const writer = start(path);
    try {
      await eventually('the pipe is full', () => writer.samples.length === room);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(writer.samples).to.have.length(room);
      readSync(pipe, records(512));
      await eventually('the operations go on', () => writer.samples.length >= room + 12);
      await writer.stop();
    } finally {
      closeSync(pipe);
    }
    const blocked = writer.samples[room];
    expect((blocked?.endMs ?? 0) - (blocked?.startMs ?? 0)).to.be.within(100, 8000);
    // A pipe cannot be synchronised (fsync(2)), so no operation counts as acknowledged.
    expect(new Set(writer.samples.map((sample) => sample.error))).to.deep.equal(new Set(['EINVAL']));
    expectGrid(writer.samples);
  });

  const refusals: [string, () => string, string][] = [
    ['a full device', () => '/dev/full', 'ENOSPC'],
    ['a folder that is not there', () => join(folder, 'none', 'records'), 'ENOENT'],
    [
      'a folder in place of the file',
      () => {
        mkdirSync(join(folder, 'records'));
        return join(folder, 'records');
      },
      'EISDIR',
    ],
    ['a path through a file', () => '/dev/null/records', 'ENOTDIR'],
  ];
  for (const [what, path, errno] of refusals)
    it(`goes on after ${errno} from ${what}`, async () => {
      const writer = start(path());
      await eventually('several operations', () => writer.samples.length >= 3);
      expect(await writer.stop()).to.equal(0);
      expect(new Set(writer.samples.map((sample) => sample.error))).to.deep.equal(new Set([errno]));
    });

  it('calls every errno by its name', () => {
    const names = /my %name;[\s\S]*?\n(?=sub now)/.exec(writerProgram)?.[0] ?? '';
    const program = `use Errno; ${names} print join ',', map { $name{$_} } 1, 5, 13, 28, 30, 110, 116`;
    expect(execFileSync('perl', ['-e', program]).toString()).to.equal(
      'EPERM,EIO,EACCES,ENOSPC,EROFS,ETIMEDOUT,ESTALE',
    );
  });

  it('ends by itself when its life is over', async () => {
    const writer = start(join(folder, 'records'), { lifetime: 0.1 });
    const [status] = (await once(writer.child, 'exit')) as [number | null];
    expect(status).to.equal(0);
    expect(writer.samples.length).to.be.within(1, 11);
  });

  it('ends when nobody reads what it tells', async () => {
    const writer = start(join(folder, 'records'));
    await eventually('it runs', () => writer.samples.length > 0);
    const exit = once(writer.child, 'exit');
    writer.child.stdout.destroy();
    await exit;
  });
});

describe('parseSample', () => {
  it('reads what the writer prints', () => {
    expect(parseSample('S 12 1200.000 1200.100 1201.500 -')).to.deep.equal({
      sequence: 12,
      dueMs: 1200,
      startMs: 1200.1,
      endMs: 1201.5,
      error: null,
    });
    expect(parseSample('S 1 1.0 1.0 2.0 EIO')?.error).to.equal('EIO');
    expect(parseSample('S 1 1.0 1.0 2.0 HTTP503')?.error).to.equal('HTTP503');
  });

  const garbage = [
    '',
    'S',
    'S 1 1.0 1.0 2.0',
    'S -1 1.0 1.0 2.0 -',
    'S 1 1.0 1.0 nan -',
    'S 1 1.0 1.0 2.0 eio',
    'S 1 1.0 1.0 2.0 HTTP 503',
    'S 1 1.0 1.0 2.0 - -',
    'S 1 1.0 1.0 2.0 EIO\n',
    ' S 1 1.0 1.0 2.0 -',
    'Killed',
  ];
  for (const line of garbage)
    it(`refuses ${JSON.stringify(line)}`, () => {
      expect(parseSample(line)).to.equal(undefined);
    });
});
