import { Readable } from 'node:stream';
import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CliContext } from '../../../lab/cli/context.ts';
import { finishNight } from '../../../lab/cli/finish-night.ts';
import { mergeNights, type MergeRequest } from '../../../lab/cli/merge-nights.ts';
import { keepJudgement } from '../../../lab/cli/night-sources.ts';
import type { GlobalOptions } from '../../../lab/cli/program.ts';
import { Rules, type Judgement } from '../../../lab/judgement.ts';
import { readNights } from '../../../lab/store/night-files.ts';
import { failureOf } from '../../fakes/failure.ts';
import {
  keepNightText,
  keepSharded,
  keepWhole,
  nightOf,
  type NightRun,
} from '../../fixtures/night-folders.ts';
import { keepAsBefore } from '../../fixtures/runs.ts';
import { collector, inFolder } from './run-lab.ts';

const options: GlobalOptions = { colour: true };
const rules = Rules.parse({});
const stacks = ['c', 'a', 'b'];
const shardOf = (cell: string): number => stacks.indexOf(cell.charAt(0)) + 1;
const whole = 'night-20261122T010000Z';

/** Two scenarios on three stacks, twice each, and a run that says nothing. */
function runs(stallSeconds: number): NightRun[] {
  const each = [0, 0.3].flatMap((more) =>
    stacks.flatMap((stack) =>
      ['link-cut', 'hard-halt'].map((scenario) => ({ stack, scenario, stallSeconds: stallSeconds + more })),
    ),
  );
  return [...each, { stack: 'b', scenario: 'hard-halt', stallSeconds: 99, outcome: 'infrastructure' }];
}

interface Told {
  stdout: string;
  stderr: string;
}

function listening(cwd: string): { context: CliContext; told: () => Told } {
  const stdout = collector();
  const stderr = collector();
  return {
    context: {
      cwd,
      env: {},
      stdin: Readable.from([]),
      stdout: stdout.stream,
      stderr: stderr.stream,
      signal: new AbortController().signal,
      exitWith: () => undefined,
    },
    told: () => ({ stdout: stdout.text(), stderr: stderr.text() }),
  };
}

async function merge(
  folder: string,
  folders: readonly string[],
  { json = false, ...asked }: Partial<MergeRequest> & { json?: boolean } = {},
): Promise<Told & { exitCode: number }> {
  const { context, told } = listening(folder);
  const request: MergeRequest = {
    folders,
    out: join(folder, 'merged'),
    rules: undefined,
    accept: 'unchanged',
    ...asked,
  };
  const exitCode = await mergeNights(context, json ? { ...options, json } : options, request);
  return { exitCode, ...told() };
}

async function finishWhole(
  folder: string,
  nightId: string,
): Promise<{ exitCode: number; judgement: Judgement }> {
  const asked = { out: join(folder, 'whole'), nightId, rules, accept: 'unchanged' as const };
  return await finishNight(listening(folder).context, options, asked);
}

const folders = ['shard-1', 'shard-2', 'shard-3'];
const reports = ['judgement.json', 'junit.xml', 'night.csv', 'night.html', 'night.md', 'report.json'];

function reportsIn(folder: string, night: string): Record<string, string> {
  return Object.fromEntries(
    reports.map((file) => [file, readFileSync(join(folder, 'nights', night, file), 'utf8')]),
  );
}

describe('a night that was run in shards', () => {
  it('is, merged, the night that one machine would have had: the same judgement, the same reports', () =>
    inFolder(async (folder) => {
      const paths = folders.map((name) => join(folder, name));
      for (const [stall, id] of [
        [20, 'night-20261121T010000Z'],
        [31, whole],
      ] as const) {
        const night = nightOf(runs(stall), { id });
        await keepWhole(join(folder, 'whole'), night);
        const those = paths.map((path) => join(path, id));
        await keepSharded(those, night, shardOf);
        for (const path of those) await keepAsBefore(path, `${id}-broken`, '{');
        await keepAsBefore(join(folder, 'whole'), `${id}-broken`, '{');
        const one = await finishWhole(folder, id);
        const merged = await merge(folder, those);
        expect(merged.exitCode).to.equal(one.exitCode);
        for (const [file, text] of Object.entries(reportsIn(join(folder, 'whole'), id)))
          expect(reportsIn(join(folder, 'merged'), id)[file], file).to.equal(text);
        expect(one.judgement.verdict).to.equal(stall === 20 ? 'first-night' : 'regressed');
      }
      const baseline = (name: string): unknown =>
        JSON.parse(readFileSync(join(folder, name, 'baseline.json'), 'utf8'));
      expect(baseline('merged')).to.deep.equal(baseline('whole'));
    }));

  it('has the id of its first shard where each machine began when it was ready', () =>
    inFolder(async (folder) => {
      const { night, records } = nightOf(runs(20));
      for (const [i, name] of folders.entries()) {
        const shard = { index: i + 1, of: 3 };
        const cells = night.cells.filter(({ key }) => shardOf(key) === i + 1);
        const attempts = night.attempts.filter(({ cell }) => shardOf(cell) === i + 1);
        const id = `night-20261122T01000${String(9 - i)}Z-${String(i + 1)}of3`;
        await keepWhole(join(folder, name), {
          night: { ...night, id, shard, cells, attempts },
          records: records.filter((record) => attempts.some(({ run }) => run === record.id)),
        });
      }
      await merge(folder, folders.slice(1));
      expect(readdirSync(join(folder, 'merged', 'nights'))).to.deep.equal(['night-20261122T010008Z']);
      const { exitCode } = await merge(folder, folders);
      expect(exitCode).to.equal(0);
      // It was there by another name already, and is one night still.
      expect(readdirSync(join(folder, 'merged', 'nights'))).to.deep.equal(['night-20261122T010008Z']);
      expect(
        readFileSync(join(folder, 'merged/nights/night-20261122T010008Z/judgement.json'), 'utf8'),
      ).to.contain('first-night');
    }));

  it('is not whole without one of them, says which, and does not pass', () =>
    inFolder(async (folder) => {
      await keepSharded(
        folders.map((name) => join(folder, name)),
        nightOf(runs(20)),
        shardOf,
      );
      await keepNightText(join(folder, 'shard-2'), `${whole}-2of3`, '{"cut');
      const { exitCode, stderr, stdout } = await merge(folder, folders);
      expect(exitCode).to.equal(2);
      expect(stderr).to.contain(`note: shard-2/nights/${whole}-2of3 is set aside: `);
      expect(stderr).to.contain(
        `note: ${whole} is not whole, shard 2 of 3 is missing: its results folder was not among`,
      );
      expect(stdout).to.match(/^merged: 13 runs copied, 0 runs there already\n[^]*[Ii]ncomplete/);
    }));

  it('is compared on each kind of host with what was accepted there', () =>
    inFolder(async (folder) => {
      const elsewhere = { accelerator: 'kvm', host: { cpu: 'Fast CPU', cores: '8' } };
      const spread = (fast: string, id: string) =>
        nightOf(
          runs(20).map((run) => (run.stack === fast ? { ...run, stallSeconds: 2, changes: elsewhere } : run)),
          { id },
        );
      const judged = async (fast: string, id: string): Promise<Record<string, string>> => {
        const those = folders.map((name) => join(folder, id, name));
        await keepSharded(those, spread(fast, id), shardOf);
        await merge(folder, those);
        const text = readFileSync(join(folder, 'merged', 'nights', id, 'judgement.json'), 'utf8');
        return Object.fromEntries(
          (JSON.parse(text) as Judgement).cells.map(({ cell, verdict }) => [cell, verdict]),
        );
      };
      await judged('a', 'night-1');
      // The machines have changed places: what ran on the fast one has no history there, and is not called faster.
      expect(await judged('b', 'night-2')).to.deep.equal({
        'a/hard-halt': 'first-night',
        'a/link-cut': 'first-night',
        'b/hard-halt': 'first-night',
        'b/link-cut': 'first-night',
        'c/hard-halt': 'unchanged',
        'c/link-cut': 'unchanged',
      });
    }));

  it('is judged by the rules of its shards; where those differ nothing is merged', () =>
    inFolder(async (folder) => {
      const paths = folders.map((name) => join(folder, name));
      await keepSharded(paths, nightOf(runs(20)), shardOf);
      const judgement = (index: number, shiftShare: number): Judgement => ({
        night: `${whole}-${String(index)}of3`,
        verdict: 'first-night',
        sentence: '',
        cells: [],
        rules: { ...rules, shiftShare },
      });
      await keepJudgement(paths[0] ?? '', judgement(1, 0.3));
      await keepJudgement(paths[1] ?? '', judgement(2, 0.3));
      await merge(folder, folders);
      const kept = (): Judgement =>
        JSON.parse(
          readFileSync(join(folder, 'merged', 'nights', whole, 'judgement.json'), 'utf8'),
        ) as Judgement;
      expect(kept().rules.shiftShare).to.equal(0.3);
      await keepJudgement(paths[1] ?? '', judgement(2, 0.5));
      const out = join(folder, 'other');
      expect((await failureOf(merge(folder, folders, { out }))).message).to.contain(
        'were judged by different rules',
      );
      expect(readdirSync(folder)).not.to.contain('other');
      await merge(folder, folders, { rules: { ...rules, shiftShare: 0.7 } });
      expect(kept().rules.shiftShare).to.equal(0.7);
    }));

  it('is data with --json: what was copied, and the night', () =>
    inFolder(async (folder) => {
      await keepSharded(
        folders.map((name) => join(folder, name)),
        nightOf(runs(20)),
        shardOf,
      );
      const { stdout } = await merge(folder, folders, { json: true });
      const data = JSON.parse(stdout) as {
        copied: string[];
        present: string[];
        nights: { night: { id: string } }[];
      };
      expect(data.copied).to.have.length(13);
      expect(data.present).to.deep.equal([]);
      expect(data.nights.map(({ night }) => night.id)).to.deep.equal([whole]);
    }));

  it('comes along as it is where it is a whole night, without being judged again', () =>
    inFolder(async (folder) => {
      await keepWhole(join(folder, 'one'), nightOf(runs(20)));
      const { exitCode, stdout } = await merge(folder, ['one']);
      expect([exitCode, stdout]).to.deep.equal([0, 'merged: 13 runs copied, 0 runs there already\n']);
      expect((await readNights(join(folder, 'merged'))).nights.map(({ id }) => id)).to.deep.equal([whole]);
    }));
});
