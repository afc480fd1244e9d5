import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { formatRecord, parseRecords, readBack } from '../../../lab/ledger.ts';
import { blockWriterProgram } from '../../../lab/probes/block-writer-program.ts';
import { startBlockWriter } from '../../../lab/probes/block-writer.ts';
import { eventually } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';
import { startProgram } from '../../fixtures/writer.ts';
import type { RunningWriter } from '../../fixtures/writer.ts';

const intervalMs = 10;
/** Not the folder for temporary files: that may be in memory, where there is no O_DIRECT. */
const here = fileURLToPath(new URL('.', import.meta.url));

describe('the block writer program', () => {
  let folder: string;
  const running: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(here, '.block-writer-'));
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  function start(path: string): RunningWriter {
    const writer = startProgram(blockWriterProgram, ['sv01', path, String(intervalMs), '60', '0']);
    running.push(writer.child);
    return writer;
  }

  it('puts each record into a sector of its own, where the ledger finds it', async () => {
    const path = join(folder, 'records');
    const writer = start(path);
    await eventually('ten operations', () => writer.samples.length >= 10);
    expect(await writer.stop()).to.equal(0);
    const text = readFileSync(path, 'latin1');
    expect(writer.samples.every((sample) => sample.error === null)).to.equal(true);
    for (const { sequence } of writer.samples)
      expect(text.slice(512 * sequence, 512 * (sequence + 1))).to.equal(
        formatRecord('sv01', sequence).padEnd(512, '\n'),
      );
    const ledger = parseRecords(text).map(({ sequence, crc }) => ({ sequence, crc: crc ?? '' }));
    expect(readBack({ client: 'sv01', ledger }, text, 'client sv02')).to.include({ lost: 0, damaged: 0 });
  });

  it('has its sectors before it begins, so that no operation lengthens the file', async () => {
    const path = join(folder, 'records');
    const writer = start(path);
    await eventually('some operations', () => writer.samples.length >= 3);
    await writer.stop();
    expect(statSync(path).size).to.equal(4096 * 512);
    const [first] = writer.samples;
    expect((first?.startMs ?? 0) - (first?.dueMs ?? 0)).to.be.below(250);
  });

  it('writes past the cache: what cannot do that is an error, and it goes on', async () => {
    const writer = start('/proc/self/comm');
    await eventually('several operations', () => writer.samples.length >= 3);
    expect(await writer.stop()).to.equal(0);
    expect(new Set(writer.samples.map((sample) => sample.error))).to.deep.equal(new Set(['EINVAL']));
  });

  it('names what stops it', async () => {
    const writer = start(join(folder, 'none', 'records'));
    await eventually('several operations', () => writer.samples.length >= 3);
    await writer.stop();
    expect(new Set(writer.samples.map((sample) => sample.error))).to.deep.equal(new Set(['ENOENT']));
  });
});

describe('the block writer', () => {
  it('gives each start a file of its own, and quotes its folder', async () => {
    const { lab, machine } = fakeLab();
    const workload = { kind: 'block-append' as const, directory: "/mnt/it's here", intervalMs: 100 };
    for (let i = 0; i < 2; i++) await (await startBlockWriter(lab, 'sv01', workload, 0)).stop();
    const paths = machine('sv01').streams.map(
      ({ command }) => /\/mnt\/it'\\''s here\/records-sv01-[0-9a-f]{8}/.exec(command)?.[0],
    );
    expect(paths[0]).to.be.a('string');
    expect(paths[0]).to.not.equal(paths[1]);
  });
});
