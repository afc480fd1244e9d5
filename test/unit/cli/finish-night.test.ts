import { Readable } from 'node:stream';
import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliContext } from '../../../lab/cli/context.ts';
import { finishNight, type FinishRequest, type FinishedNight } from '../../../lab/cli/finish-night.ts';
import { nightParts, type NightParts } from '../../../lab/cli/night-parts.ts';
import type { GlobalOptions } from '../../../lab/cli/program.ts';
import { Rules } from '../../../lab/judgement.ts';
import { keepNight } from '../../../lab/store/night-files.ts';
import type { NightDocument } from '../../../reports/night/json.ts';
import { failureOf } from '../../fakes/failure.ts';
import { keepNightText, keepWhole, nightOf, type NightRun } from '../../fixtures/night-folders.ts';
import { keepAsBefore, smallRecord } from '../../fixtures/runs.ts';
import { collector, inFolder } from './run-lab.ts';

const options: GlobalOptions = { colour: true };

interface Finished extends FinishedNight {
  stdout: string;
  stderr: string;
}

async function finish(
  out: string,
  nightId: string,
  {
    parts = {},
    json = false,
    ...asked
  }: Partial<FinishRequest> & { parts?: Partial<NightParts>; json?: boolean } = {},
): Promise<Finished> {
  const stdout = collector();
  const stderr = collector();
  const context: CliContext = {
    cwd: out,
    env: {},
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: new AbortController().signal,
    exitWith: () => undefined,
  };
  const request: FinishRequest = { out, nightId, rules: Rules.parse({}), accept: 'unchanged', ...asked };
  const finished = await finishNight(context, json ? { ...options, json } : options, request, {
    ...nightParts,
    ...parts,
  });
  return { ...finished, stdout: stdout.text(), stderr: stderr.text() };
}

function runs(stallSeconds: number, scenarios = ['hard-halt', 'link-cut']): NightRun[] {
  return scenarios.flatMap((scenario) =>
    [0, 0.25].map((more) => ({ stack: 'a', scenario, stallSeconds: stallSeconds + more })),
  );
}

async function kept(
  out: string,
  id: string,
  stallSeconds: number,
  startedAt = '2026-11-22T01:00:00.000Z',
): Promise<string> {
  await keepWhole(out, nightOf(runs(stallSeconds), { id, startedAt }));
  return id;
}

const files = [
  'judgement.json',
  'junit.xml',
  'night.csv',
  'night.html',
  'night.json',
  'night.md',
  'report.json',
];

describe('the end of a night', () => {
  it('without an accepted history is a first night, and passes; its runs are the history of the next one', () =>
    inFolder(async (out) => {
      const first = await finish(out, await kept(out, 'night-1', 20));
      expect([first.exitCode, first.judgement.verdict]).to.deep.equal([0, 'first-night']);
      expect(first.stdout)
        .to.contain('First night')
        .and.match(/\npage: nights\/night-1\/night\.html\n$/);
      expect(first.stderr).to.equal('');
      expect(readdirSync(join(out, 'nights', 'night-1')).sort()).to.deep.equal(files);
      const second = await finish(out, await kept(out, 'night-2', 20.1));
      expect([second.exitCode, second.judgement.verdict]).to.deep.equal([0, 'unchanged']);
      expect(second.judgement.cells[0]?.before).to.deep.equal([20, 20.25]);
    }));

  it('that is worse fails, and is not accepted', () =>
    inFolder(async (out) => {
      await finish(out, await kept(out, 'night-1', 20));
      const before = readFileSync(join(out, 'baseline.json'), 'utf8');
      const { exitCode, judgement, stderr } = await finish(out, await kept(out, 'night-2', 30));
      expect([exitCode, judgement.verdict, stderr]).to.deep.equal([1, 'regressed', '']);
      expect(readFileSync(join(out, 'baseline.json'), 'utf8')).to.equal(before);
    }));

  it('extends the history only where that is wanted', () =>
    inFolder(async (out) => {
      await finish(out, await kept(out, 'night-1', 20), { accept: 'never' });
      expect(existsSync(join(out, 'baseline.json'))).to.equal(false);
    }));

  it('that was not run as planned is unknown', () =>
    inFolder(async (out) => {
      const { night, records } = nightOf(runs(20), { id: 'night-1', endedAt: null });
      await keepWhole(out, { night, records });
      expect((await finish(out, 'night-1')).exitCode).to.equal(2);
    }));

  it('is data with --json, and nothing else is on stdout', () =>
    inFolder(async (out) => {
      const { stdout } = await finish(out, await kept(out, 'night-1', 20), { json: true });
      expect((JSON.parse(stdout) as NightDocument).judgement.verdict).to.equal('first-night');
    }));

  it('writes the reports into a folder of their own too, where one is named', () =>
    inFolder(async (out) => {
      const reports = join(out, 'of', 'this', 'job');
      await finish(out, await kept(out, 'night-1', 20), { reports });
      expect(readdirSync(reports).sort()).to.deep.equal(
        files.filter((file) => !/^(?:judgement|night)\.json$/.test(file)),
      );
      expect(readFileSync(join(reports, 'junit.xml'), 'utf8')).to.equal(
        readFileSync(join(out, 'nights', 'night-1', 'junit.xml'), 'utf8'),
      );
    }));

  it('is told to the webhook, with the page; one that does not listen is a note', () =>
    inFolder(async (out) => {
      const told: string[] = [];
      const notify: NightParts['notify'] = (url, { judgement }, page) => {
        told.push(`${url} ${judgement.verdict} ${page.slice(out.length)}`);
        return Promise.resolve('example.org was not told, after 4 tries: it answered 503');
      };
      const asked = { notifyUrl: 'http://example.org/hook', parts: { notify } };
      const { exitCode, stderr } = await finish(out, await kept(out, 'night-1', 20), asked);
      expect(told).to.deep.equal(['http://example.org/hook first-night /nights/night-1/night.html']);
      expect(stderr).to.contain('note: example.org was not told, after 4 tries');
      expect(exitCode).to.equal(0);
    }));

  describe('whatever a report, the history or the webhook does, is what it is', () => {
    const thrown = (): never => {
      throw new Error('out of ink');
    };
    for (const { file } of nightParts.writers)
      it(`a writer of ${file} that throws fails nothing, and no other one`, () =>
        inFolder(async (out) => {
          const writers = nightParts.writers.map((each) =>
            each.file === file ? { file, render: thrown } : each,
          );
          const { exitCode, stderr, stdout } = await finish(out, await kept(out, 'night-1', 20), {
            parts: { writers },
          });
          expect(exitCode).to.equal(0);
          expect(stderr).to.contain(`note: no ${file} of night-1 could be made: out of ink`);
          expect(stdout).to.contain('First night: 2 cells measured');
          expect(readdirSync(join(out, 'nights', 'night-1')).sort()).to.deep.equal(
            files.filter((each) => each !== file),
          );
        }));

    it('a text, data, acceptance or webhook that throws is a note', () =>
      inFolder(async (out) => {
        await kept(out, 'night-1', 20);
        const parts = { renderText: thrown, notify: thrown };
        mkdirSync(join(out, 'baseline.json.new'));
        const asked = { parts, notifyUrl: 'http://x' };
        const { exitCode, stdout, stderr, judgement } = await finish(out, 'night-1', asked);
        expect([exitCode, stdout.split('\n')[0]]).to.deep.equal([0, judgement.sentence]);
        for (const note of [
          'note: nothing was accepted: ',
          'note: the webhook was not told: out of ink',
          'note: the night could not be drawn: out of ink',
        ])
          expect(stderr).to.contain(note);
        const data = await finish(out, 'night-1', { parts: { ...parts, writers: [] }, json: true });
        expect(JSON.parse(data.stdout)).to.have.nested.property('judgement.verdict', 'first-night');
      }));

    it('files that cannot be written are notes', () =>
      inFolder(async (out) => {
        await kept(out, 'night-1', 20);
        for (const file of ['night.html', 'judgement.json']) mkdirSync(join(out, 'nights', 'night-1', file));
        writeFileSync(join(out, 'taken'), '');
        const { exitCode, stderr } = await finish(out, 'night-1', { reports: join(out, 'taken') });
        expect(exitCode).to.equal(0);
        expect(stderr).to.match(
          /note: the judgement is not kept: .*\n[^]*note: no night\.html of night-1 could be made: /,
        );
        expect(stderr).to.contain(`note: ${join(out, 'taken')} could not be made: `);
      }));
  });

  describe('with what cannot be read', () => {
    it('sets broken records and nights aside, names them in the report, and goes on', () =>
      inFolder(async (out) => {
        await kept(out, 'night-1', 20);
        await keepAsBefore(out, 'broken-run', '{');
        await keepNightText(out, 'night-0', '{"schema": 9}');
        const night = nightOf(runs(20));
        await keepNightText(out, 'night-x', JSON.stringify({ ...night.night, id: '../x' }));
        const { exitCode, report } = await finish(out, 'night-1');
        expect(exitCode).to.equal(0);
        expect(report.setAside.map(({ run }) => run)).to.deep.equal([
          'broken-run',
          'nights/night-0',
          'nights/night-x',
        ]);
        expect(report.setAside[0]?.problem).to.contain('not a record');
      }));

    it('names a run of the night that is broken or gone, and judges the others', () =>
      inFolder(async (out) => {
        await kept(out, 'night-1', 20);
        writeFileSync(join(out, '1-a-hard-halt-1', 'record.json'), '{"cut');
        rmSync(join(out, '1-a-hard-halt-2'), { recursive: true });
        rmSync(join(out, 'index.jsonl'));
        const { report } = await finish(out, 'night-1');
        expect(report.setAside.map(({ run }) => run)).to.deep.equal(['1-a-hard-halt-1', '1-a-hard-halt-2']);
        expect(report.setAside[1]?.problem).to.equal('there is no record of it, and it is of night-1');
        expect(report.runs.map(({ id }) => id)).to.deep.equal(['1-a-link-cut-1', '1-a-link-cut-2']);
      }));

    it('does not take a broken baseline for a first night that passes, and leaves it alone', () =>
      inFolder(async (out) => {
        await kept(out, 'night-1', 20);
        writeFileSync(join(out, 'baseline.json'), '{"cut');
        const { exitCode, stderr, report } = await finish(out, 'night-1');
        expect(exitCode).to.equal(2);
        expect(stderr).to.contain('note: nothing is compared or accepted, baseline.json cannot be read: ');
        expect(report.setAside.map(({ run }) => run)).to.deep.equal(['baseline.json']);
        expect(readFileSync(join(out, 'baseline.json'), 'utf8')).to.equal('{"cut');
      }));

    it('refuses a night that there is not, or that leads out of the folder, with the nearest', () =>
      inFolder(async (folder) => {
        const out = join(folder, 'results');
        await keepNight(out, nightOf([], { id: 'night-1' }).night);
        await keepNightText(join(folder, 'outside'), 'x', JSON.stringify(nightOf([], { id: 'x' }).night));
        for (const id of ['night-2', '../../outside/nights/x', '..', ''])
          expect((await failureOf(finish(out, id))).message).to.equal(
            `there is no night ${JSON.stringify(id)}`,
          );
        const nothing = await failureOf(finish(join(out, 'none'), 'night-1'));
        expect(nothing).to.have.property('hint', 'lab nightly makes one');
      }));
  });

  describe('with what a night is compared', () => {
    it('is what was accepted before it, in the order in which nights were run and not of clocks', () =>
      inFolder(async (out) => {
        const nights: [string, number, string][] = [
          ['night-20261120T010000Z', 20, '2026-11-20T01:00:00.000Z'],
          // The clock jumped ahead, then back.
          ['night-20310101T010000Z', 20.5, '2031-01-01T01:00:00.000Z'],
          ['night-20100101T010000Z', 20.25, '2010-01-01T01:00:00.000Z'],
          ['night-20261121T010000Z', 20.5, '2026-11-21T01:00:00.000Z'],
        ];
        for (const [id, seconds, startedAt] of nights)
          await finish(out, await kept(out, id, seconds, startedAt));
        const last = await finish(out, 'night-20261121T010000Z', { again: true, accept: 'never' });
        expect(last.judgement.cells[0]?.before).to.deep.equal([20, 20.25, 20.5, 20.75, 20.25, 20.5]);
        const trend = last.report.trend.get('a/hard-halt') ?? [];
        expect(trend.map(({ night, medianSeconds }) => [night, medianSeconds])).to.deep.equal(
          nights.map(([id, seconds]) => [id, seconds + 0.125]),
        );
        expect(trend.map(({ judged }) => judged)).to.deep.equal([
          'first-night',
          'unchanged',
          'unchanged',
          'unchanged',
        ]);
      }));

    it('does not look at nights that came later: an old night is drawn as it was', () =>
      inFolder(async (out) => {
        await finish(out, await kept(out, 'night-1', 20));
        const then = await finish(out, await kept(out, 'night-2', 20.3));
        await finish(out, await kept(out, 'night-3', 20.1));
        const now = await finish(out, 'night-2', { again: true, accept: 'never' });
        expect(now.judgement).to.deep.equal(then.judgement);
        expect(now.report).to.deep.equal(then.report);
      }));

    it('keeps what was said that morning, whatever is accepted later', () =>
      inFolder(async (out) => {
        await finish(out, await kept(out, 'night-1', 20));
        await finish(out, await kept(out, 'night-2', 30));
        rmSync(join(out, 'baseline.json'));
        const again = await finish(out, 'night-2', { again: true, accept: 'never' });
        expect(again.judgement.verdict).to.equal('first-night');
        const third = await finish(out, await kept(out, 'night-3', 30));
        expect(third.report.trend.get('a/hard-halt')?.map(({ judged }) => judged)).to.deep.equal([
          'first-night',
          'regressed',
          'first-night',
        ]);
      }));

    it('never mixes hosts: on another one it is a first night, and the trend has a gap', () =>
      inFolder(async (out) => {
        await finish(out, await kept(out, 'night-1', 20));
        const elsewhere = { accelerator: 'kvm', host: { cpu: 'Another CPU', cores: '8' } };
        const others = runs(2).map((run) => ({ ...run, changes: elsewhere }));
        await keepWhole(out, nightOf(others, { id: 'night-2', hostClass: 'kvm / Another CPU / 8 cores' }));
        const { judgement, report } = await finish(out, 'night-2');
        expect(judgement.verdict).to.equal('first-night');
        expect(
          report.trend.get('a/hard-halt')?.map(({ medianSeconds, verdict }) => [medianSeconds, verdict]),
        ).to.deep.equal([
          [null, 'not-run'],
          [2.125, 'pass'],
        ]);
      }));

    it('links the pages that there are, as seen from the page of the night', () =>
      inFolder(async (out) => {
        await kept(out, 'night-1', 20);
        const odd = 'run with space & 100%';
        await keepAsBefore(out, odd, JSON.stringify(smallRecord({ id: odd })));
        for (const run of ['1-a-hard-halt-1', odd]) writeFileSync(join(out, run, 'report.html'), '');
        const { report } = await finish(out, 'night-1');
        expect([...report.pages]).to.deep.equal([['1-a-hard-halt-1', '../../1-a-hard-halt-1/report.html']]);
        expect(
          existsSync(join(out, 'nights', 'night-1', report.pages.get('1-a-hard-halt-1') ?? '')),
        ).to.equal(true);
      }));

    it('names what was installed otherwise, from the records; one that is gone since says nothing', () =>
      inFolder(async (out) => {
        const versions = { nfs01: { 'drbd-utils': '9.22' } };
        const older = runs(20).map((run) => ({ ...run, changes: { versions } }));
        await keepWhole(out, nightOf(older, { id: 'night-1' }));
        await finish(out, 'night-1');
        const newer = runs(20).map((run) => ({
          ...run,
          changes: { versions: { nfs01: { 'drbd-utils': '9.30' } } },
        }));
        await keepWhole(out, nightOf(newer, { id: 'night-2' }));
        const { judgement } = await finish(out, 'night-2', { accept: 'never' });
        expect(judgement.cells[0]?.suspects).to.deep.equal(['package drbd-utils on nfs01: 9.22 -> 9.30']);
        for (const run of ['1-a-hard-halt-2', '1-a-hard-halt-1']) rmSync(join(out, run, 'samples.json.gz'));
        const again = await finish(out, 'night-2', { again: true, accept: 'never' });
        expect(again.judgement.cells[0]?.suspects[0]).to.contain('a record that says which cannot be read');
        expect(again.judgement.cells[1]?.suspects).to.have.length(1);
      }));
  });
});
