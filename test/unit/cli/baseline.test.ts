import { expect } from 'chai';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Baseline } from '../../../lab/baseline.ts';
import { changeBaseline, readBaseline } from '../../../lab/store/baseline-file.ts';
import { keepNight } from '../../../lab/store/night-files.ts';
import { openStore } from '../../../lab/store/open-store.ts';
import { summaryOf } from '../../../lab/summarise.ts';
import { smallRecord } from '../../fixtures/runs.ts';
import { key, nightOf } from '../judgement/night-of.ts';
import { inFolder, runLab } from './run-lab.ts';

/** Two nights of two runs each in lab-results. */
async function withNights(work: (folder: string, results: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const results = join(folder, 'lab-results');
    for (const night of ['night-1', 'night-2']) {
      const records = [1, 2].map((i) => smallRecord({ id: `${night}-run-${String(i)}` }));
      for (const record of records) await openStore(results).keep(record, { night });
      await keepNight(results, { ...nightOf(records.map((record) => summaryOf(record, night))), id: night });
    }
    await work(folder, results);
  });
}

async function acceptedRuns(results: string): Promise<string[] | undefined> {
  const { cells } = await readBaseline(results);
  return Object.values(cells[key] ?? {})[0]?.runs;
}

describe('lab baseline', () => {
  it('accepts the newest night, or the one that is named, and shows it', () =>
    withNights(async (folder, results) => {
      expect((await runLab(folder, ['baseline', 'show'])).stdout).to.contain('nothing is accepted yet');
      const { code, stdout } = await runLab(folder, ['baseline', 'accept', 'night-1']);
      expect(code).to.equal(0);
      expect(stdout).to.contain('accepted: night-1, 1 cell');
      expect(await acceptedRuns(results)).to.deep.equal(['night-1-run-1', 'night-1-run-2']);
      const second = await runLab(folder, ['baseline', 'accept', '--json']);
      expect(JSON.parse(second.stdout)).to.deep.equal({
        night: 'night-2',
        accepted: [{ cell: key, runs: 2, afresh: false }],
        left: [],
      });
      expect(await acceptedRuns(results)).to.have.length(4);
      const shown = await runLab(folder, ['baseline', 'show']);
      expect(shown.stdout.split('\n')[1]).to.match(new RegExp(`^${key} +4 +night-2, by hand +`));
      const data = JSON.parse((await runLab(folder, ['baseline', 'show', '--json'])).stdout) as Baseline;
      expect(Object.keys(data.cells)).to.deep.equal([key]);
    }));

  it('forgets with --yes alone', () =>
    withNights(async (folder, results) => {
      await runLab(folder, ['baseline', 'accept']);
      expect((await runLab(folder, ['baseline', 'reset'])).stdout).to.contain(
        `would forget: ${key}; --yes does`,
      );
      expect(await acceptedRuns(results)).to.have.length(2);
      expect((await runLab(folder, ['baseline', 'reset', key, '--yes'])).stdout).to.contain(
        `forgotten: ${key}`,
      );
      expect(await acceptedRuns(results)).to.equal(undefined);
    }));

  it('refuses what is not there, with the nearest', () =>
    withNights(async (folder) => {
      await runLab(folder, ['baseline', 'accept']);
      for (const [argv, message, hint] of [
        [['accept', 'night-3'], 'there is no night "night-3"', 'night-'],
        [['reset', `${key}x`], 'nothing is accepted of a cell', key],
        [['show', '--out', 'nowhere'], 'there is no folder', '--out'],
      ] as const) {
        const { code, stderr } = await runLab(folder, ['baseline', ...argv]);
        expect(code).to.equal(64);
        expect(stderr).to.contain(message).and.contain(hint);
      }
      expect((await runLab(folder, ['baseline', 'forget'])).code).to.equal(64);
    }));

  it('leaves a file alone that it cannot read, and says what to do', () =>
    withNights(async (folder, results) => {
      const file = join(results, 'baseline.json');
      for (const text of ['{', '{"schema":2,"cells":{}}']) {
        await writeFile(file, text);
        const { code, stderr } = await runLab(folder, ['baseline', 'accept']);
        expect(code).to.equal(69);
        expect(stderr).to.contain('what is accepted cannot be told').and.contain('hint: repair that file');
        expect(await readFile(file, 'utf8')).to.equal(text);
      }
    }));
});

describe('the file of the baseline', () => {
  const adding = (cell: string) => (baseline: Baseline) => ({
    ...baseline,
    cells: { ...baseline.cells, [cell]: {} },
  });

  it('keeps what both of two writers accept', () =>
    inFolder(async (folder) => {
      await Promise.all([changeBaseline(folder, adding('a')), changeBaseline(folder, adding('b'))]);
      expect(Object.keys((await readBaseline(folder)).cells).sort()).to.deep.equal(['a', 'b']);
    }));

  it('says what happened when it cannot be written', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'baseline.json.new', 'x'), { recursive: true });
      const error = await changeBaseline(folder, adding('a')).catch((thrown: unknown) => thrown);
      expect(String(error)).to.contain('baseline.json cannot be written');
      expect((await readBaseline(folder)).cells).to.deep.equal({});
    }));
});
