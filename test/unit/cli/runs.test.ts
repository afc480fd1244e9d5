import { expect } from 'chai';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../../lab/store/open-store.ts';
import { keepAsBefore, smallRecord } from '../../fixtures/runs.ts';
import { inFolder, runLab } from './run-lab.ts';

const startedAt = '2026-03-01T20:15:00.000Z';

/** A folder with three runs in lab-results, the second one of a night. */
async function withRuns(work: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const store = openStore(join(folder, 'lab-results'));
    await store.keep(smallRecord({ id: 'run-1', startedAt }));
    await store.keep(
      smallRecord({ id: 'run-2', startedAt, scenario: 'link-flap', verdict: 'fail', stallSeconds: null }),
      { night: 'night-1' },
    );
    await store.keep(smallRecord({ id: 'run-3', startedAt, stack: 'pacemaker-centos7' }));
    await work(folder);
  });
}

async function listed(folder: string, ...more: string[]): Promise<{ id: string; verdict: string }[]> {
  const { stdout } = await runLab(folder, ['list', 'runs', '--json', ...more]);
  return JSON.parse(stdout) as { id: string; verdict: string }[];
}

describe('lab list runs', () => {
  it('is a table of the runs, oldest first', () =>
    withRuns(async (folder) => {
      const { code, stdout } = await runLab(folder, ['list', 'runs']);
      expect(code).to.equal(0);
      expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).to.deep.equal([
        ['run', 'stack', 'scenario', 'verdict', 'stall', 'when', 'night'],
        ['run-1', 'heartbeat-sarge', 'hard-halt', 'pass', '28.4 s', '2026-03-01 20:15', '-'],
        ['run-2', 'heartbeat-sarge', 'link-flap', 'fail', '-', '2026-03-01 20:15', 'night-1'],
        ['run-3', 'pacemaker-centos7', 'hard-halt', 'pass', '28.4 s', '2026-03-01 20:15', '-'],
        [''],
      ]);
    }));

  it('gives with --json all that is known of each', () =>
    withRuns(async (folder) => {
      const runs = await listed(folder);
      expect(runs.map(({ id }) => id)).to.deep.equal(['run-1', 'run-2', 'run-3']);
      expect(runs[1]).to.include({ night: 'night-1', verdict: 'fail', stallSeconds: null });
      expect(runs[0]).to.have.nested.property('settings.deadtime');
    }));

  it('shows those of a stack, a scenario, a night', () =>
    withRuns(async (folder) => {
      const asked: [string[], string[]][] = [
        [
          ['--stack', 'heartbeat-sarge'],
          ['run-1', 'run-2'],
        ],
        [
          ['--scenario', 'hard-halt'],
          ['run-1', 'run-3'],
        ],
        [['--stack', 'heartbeat-sarge', '--scenario', 'hard-halt'], ['run-1']],
        [['--night', 'night-1'], ['run-2']],
        [['--stack', 'heartbeat-lenny-vm'], []],
      ];
      for (const [flags, runs] of asked)
        expect((await listed(folder, ...flags)).map(({ id }) => id)).to.deep.equal(runs);
      expect((await runLab(folder, ['list', 'runs', '--stack', 'heartbeat-lenny-vm'])).stdout).to.equal(
        'no runs\n',
      );
    }));

  it('hides no run because of the stack that the environment names', () =>
    withRuns(async (folder) => {
      const { stdout } = await runLab(folder, ['list', 'runs', '--json'], { LAB_STACK: 'pacemaker-centos7' });
      expect(JSON.parse(stdout)).to.have.length(3);
    }));

  it('refuses a name that nothing has, with the nearest', () =>
    withRuns(async (folder) => {
      const wrong: [string[], string, string][] = [
        [['--stack', 'heartbeat-sarg'], 'there is no stack "heartbeat-sarg"', 'heartbeat-sarge'],
        [['--scenario', 'hard-hold'], 'there is no scenario "hard-hold"', 'hard-halt'],
        [['--night', 'night-2'], 'there is no night "night-2"', 'night-1'],
      ];
      for (const [flags, message, hint] of wrong) {
        const { code, stderr } = await runLab(folder, ['list', 'runs', ...flags]);
        expect(code).to.equal(64);
        expect(stderr).to.contain(message).and.contain(hint);
      }
      const { stderr } = await runLab(folder, ['list', 'runs', '--night', 'x', '--out', 'none']);
      expect(stderr).to.contain('no run here belongs to a night');
      const { code } = await runLab(folder, ['list', 'stacks', '--night', 'night-1']);
      expect(code).to.equal(64);
    }));

  it('names a broken record with the reason, whatever is asked, after all others', () =>
    withRuns(async (folder) => {
      await keepAsBefore(join(folder, 'lab-results'), 'a-broken', '{');
      const { code, stdout } = await runLab(folder, ['list', 'runs', '--scenario', 'link-flap']);
      expect(code).to.equal(0);
      const lines = stdout.trim().split('\n');
      expect(lines).to.have.length(3);
      expect(lines.at(-1)).to.match(/^a-broken +unreadable +.*not a record/);
      expect((await listed(folder)).at(-1)).to.include({ id: 'a-broken', verdict: 'unreadable' });
    }));

  it('makes the index anew when it is told to', () =>
    withRuns(async (folder) => {
      const file = join(folder, 'lab-results', 'index.jsonl');
      await writeFile(file, '');
      expect((await listed(folder, '--rebuild')).map(({ id }) => id)).to.deep.equal([
        'run-1',
        'run-2',
        'run-3',
      ]);
    }));
});

describe('lab report on all of a results folder', () => {
  it('reads the runs, and passes over what else lies there', () =>
    withRuns(async (folder) => {
      const results = join(folder, 'lab-results');
      await mkdir(join(results, 'nights'));
      await writeFile(join(results, 'baseline.json'), '{}');
      const all = (await readdir(results)).sort().map((name) => `lab-results/${name}`);
      expect(all).to.include.members(['lab-results/index.jsonl', 'lab-results/nights']);
      const { stdout, stderr } = await runLab(folder, ['report', ...all, '--json']);
      expect(stderr).not.to.contain('error');
      expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).to.deep.equal([
        'run-1',
        'run-2',
        'run-3',
      ]);
    }));

  it('leaves a broken record out of several, says so, and does not call that a pass', () =>
    withRuns(async (folder) => {
      await keepAsBefore(join(folder, 'lab-results'), 'z-broken', '{');
      const { code, stdout, stderr } = await runLab(folder, ['report', 'run-1', 'z-broken', '--json']);
      expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).to.deep.equal(['run-1']);
      expect(stderr).to.match(/note: z-broken is left out: .*not a record/);
      expect(code).not.to.equal(0);
      const alone = await runLab(folder, ['report', 'z-broken']);
      expect(alone.stderr).to.match(/^lab: .*not a record/);
      const missing = await runLab(folder, ['report', 'run-1', 'run-9']);
      expect([missing.code, missing.stderr]).to.satisfy(
        ([exit, text]: [number, string]) => exit === 64 && text.includes('there is no run "run-9"'),
      );
    }));

  it('takes the latest run that can be read when none is named', () =>
    withRuns(async (folder) => {
      await keepAsBefore(join(folder, 'lab-results'), 'z-broken', '{');
      const { stdout } = await runLab(folder, ['report', '--json']);
      expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).to.deep.equal(['run-3']);
    }));
});

describe('lab prune', () => {
  it('says what would go and what stays, and removes it with --yes alone', () =>
    withRuns(async (folder) => {
      const dry = await runLab(folder, ['prune', '--keep', '1']);
      expect(dry.code).to.equal(0);
      expect(dry.stdout).to.match(
        /^run-1 {2}2 newer runs\n\nstays:\nrun-2 {2}of night-1, one of the 30 newest nights\n\nwould remove: 1 run, 0\.0 MiB; --yes does\n$/,
      );
      expect(await listed(folder)).to.have.length(3);
      const done = await runLab(folder, ['prune', '--keep', '1', '--keep-nights', '0', '--yes', '--json']);
      expect(JSON.parse(done.stdout)).to.have.property('removed', true);
      expect((await listed(folder)).map(({ id }) => id)).to.deep.equal(['run-3']);
      expect((await runLab(folder, ['prune', '--keep', '1', '--yes'])).stdout).to.equal(
        'nothing to remove\n',
      );
    }));

  it('goes by age', () =>
    withRuns(async (folder) => {
      const { stdout } = await runLab(folder, ['prune', '--older-than', '99999d']);
      expect(stdout).to.equal('nothing to remove\n');
    }));

  it('refuses to guess what may go, and amounts that are none', () =>
    withRuns(async (folder) => {
      const wrong: [string[], string][] = [
        [['--yes'], 'which runs may go?'],
        [['--older-than', '3 weeks', '--yes'], '--older-than "3 weeks": not a whole number of days'],
        [['--older-than', '0', '--yes'], '--older-than "0": not a whole number of days'],
        [['--keep', '-1', '--yes'], '--keep "-1": not a whole number from 0 on'],
        [['--keep', '1', '--keep-nights', 'all', '--yes'], '--keep-nights "all": not a whole number'],
        [['--keep', '1', '--out', 'none', '--yes'], 'there is no folder '],
      ];
      for (const [flags, message] of wrong) {
        const { code, stderr } = await runLab(folder, ['prune', ...flags]);
        expect(code, message).to.equal(64);
        expect(stderr).to.contain(message);
      }
      expect(await listed(folder)).to.have.length(3);
    }));
});
