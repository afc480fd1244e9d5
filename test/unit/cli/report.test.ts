import { expect } from 'chai';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodeOf } from '../../../lab/cli/present.ts';
import type { RunRecord } from '../../../lab/record.ts';
import type { RepeatSummary } from '../../../reports/repeats.ts';
import { brokenRecord, recordWithLoss } from '../../fixtures/bad-records.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { inFolder, runLab } from './run-lab.ts';

/** Keeps a record as a run does, and returns its file. */
async function keep(folder: string, record: RunRecord): Promise<string> {
  const directory = join(folder, 'lab-results', record.id);
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'record.json');
  await writeFile(file, JSON.stringify(record));
  return file;
}

describe('the exit code of runs', () => {
  it('is that of the worst verdict', () => {
    const of = (...verdicts: RunRecord['verdict'][]): number =>
      exitCodeOf(verdicts.map((verdict) => ({ verdict })));
    expect(of('pass', 'pass')).to.equal(0);
    expect(of('pass', 'unknown')).to.equal(2);
    expect(of('unknown', 'fail', 'pass')).to.equal(1);
  });
});

describe('lab report', () => {
  it('draws the latest run and writes its page', () =>
    inFolder(async (folder) => {
      await keep(folder, exampleRecord({ id: '2026-01-01-a' }));
      await keep(folder, exampleRecord({ id: '2026-01-02-b' }));
      const { code, stdout } = await runLab(folder, ['report']);
      expect(stdout).to.contain('hard-halt');
      expect(stdout).to.contain('report: lab-results/2026-01-02-b/report.html');
      expect(stdout).not.to.contain('\u001b[');
      expect(code).to.equal(0);
      const page = await readFile(join(folder, 'lab-results/2026-01-02-b/report.html'), 'utf8');
      expect(page).to.match(/^<!doctype html>/i);
    }));

  it('judges again: a pass that was written into a record of a loss does not stand', () =>
    inFolder(async (folder) => {
      const record: RunRecord = { ...recordWithLoss(), verdict: 'pass', checks: [] };
      const file = await keep(folder, record);
      const before = await readFile(file, 'utf8');
      const { code, stdout, stderr } = await runLab(folder, ['report', record.id, '--json']);
      const [judged] = JSON.parse(stdout) as RunRecord[];
      expect(judged?.verdict).to.equal('fail');
      expect(judged?.checks.find((check) => check.verdict === 'fail')?.message).to.match(/acknowledged/);
      expect(stderr).to.contain('was judged pass when it ran, and is fail now');
      expect(code).to.equal(1);
      expect(await readFile(file, 'utf8')).to.equal(before);
    }));

  it('ends with 2 for a run whose rig broke', () =>
    inFolder(async (folder) => {
      const record = brokenRecord();
      const { code } = await runLab(folder, ['report', await keep(folder, record)]);
      expect(code).to.equal(2);
    }));

  it('notes a page that cannot be written, and tells the verdict all the same', () =>
    inFolder(async (folder) => {
      const record = exampleRecord();
      await keep(folder, record);
      await mkdir(join(folder, 'lab-results', record.id, 'report.html'));
      const { code, stdout, stderr } = await runLab(folder, ['report', record.id]);
      expect(stderr).to.contain('no report of');
      expect(stdout).to.contain(`hard-halt on heartbeat-sarge: pass`);
      expect(code).to.equal(0);
    }));

  it('refuses a record that does not fit, with the path of what is wrong', () =>
    inFolder(async (folder) => {
      const file = await keep(folder, exampleRecord());
      await writeFile(file, JSON.stringify({ ...exampleRecord(), stallSeconds: 'long' }));
      const { code, stderr } = await runLab(folder, ['report']);
      expect(stderr).to.contain('stallSeconds');
      expect(code).to.equal(2);
    }));

  it('shows runs together as a distribution, on the terminal and as data', () =>
    inFolder(async (folder) => {
      await keep(folder, exampleRecord({ id: '2026-01-01-a' }));
      await keep(folder, exampleRecord({ id: '2026-01-02-b' }));
      const both = ['report', '2026-01-01-a', '2026-01-02-b', '--summary'];
      const { code, stdout } = await runLab(folder, both);
      expect(stdout).to.contain('hard-halt on heartbeat-sarge, 2 runs');
      expect(stdout).to.match(/stall\s+2\s+28\.4 s\s+28\.4 s\s+0 ms/);
      expect(code).to.equal(0);
      const { summaries, records } = JSON.parse((await runLab(folder, [...both, '--json'])).stdout) as {
        summaries: RepeatSummary[];
        records: RunRecord[];
      };
      expect(summaries[0]?.windows[0]?.stallSeconds).to.include({ count: 2, median: 28.412 });
      expect(records).to.have.length(2);
    }));

  it('names the nearest runs for one that is not there', () =>
    inFolder(async (folder) => {
      await keep(folder, exampleRecord({ id: '2026-01-01-a' }));
      const { code, stderr } = await runLab(folder, ['report', '2026-01-01-b']);
      expect(stderr).to.contain('did you mean 2026-01-01-a');
      expect(code).to.equal(64);
    }));
});
