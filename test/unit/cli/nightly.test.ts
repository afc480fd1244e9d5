import { expect } from 'chai';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Night } from '../../../lab/night.ts';
import { keepNight } from '../../../lab/store/night-files.ts';
import { openStore } from '../../../lab/store/open-store.ts';
import { holdLock } from '../../../lab/lock.ts';
import { exampleCell, exampleNight } from '../../fixtures/night-plans.ts';
import { smallRecord } from '../../fixtures/runs.ts';
import { inFolder, runLab } from './run-lab.ts';

const qemu = ['nightly', '--provider', 'qemu'];
const small = ['--stacks', 'heartbeat-sarge', '--scenarios', 'hard-halt,link-flap'];

interface Listed {
  runs: { cell: string; repeat: number; seconds: number; from: string }[];
  leftOut: { cell: string; repeats: number }[];
  without: { cell: string; why: string }[];
  seed: number;
  labsAtOnce: number;
}

async function listed(folder: string, words: readonly string[]): Promise<Listed> {
  const { stdout, stderr } = await runLab(folder, [...qemu, '--list', '--format', 'json', ...words]);
  expect(stderr).to.equal('');
  return JSON.parse(stdout) as Listed;
}

describe('lab nightly --list', () => {
  it('prints the plan and starts nothing', () =>
    inFolder(async (folder) => {
      const { code, stdout } = await runLab(folder, [...qemu, '--list', ...small]);
      expect(stdout).to.contain('2 cells, 2 runs: about ');
      expect(stdout).to.match(
        /1 +heartbeat-sarge\/hard-halt +1 of 1 +\+0 s +4 min +usual, as there is no run yet/,
      );
      expect(stdout).to.contain('usual: what was measured on two cores that emulate');
      expect(code).to.equal(0);
      expect(await readdir(folder)).to.deep.equal([]);
    }));

  it('has every stack and scenario where there is no file, and says what makes no sense', () =>
    inFolder(async (folder) => {
      const { runs, without, labsAtOnce } = await listed(folder, []);
      expect(runs.length).to.be.greaterThan(30);
      expect(without.map(({ cell }) => cell)).to.include('heartbeat-sarge/kill-corosync');
      expect(labsAtOnce).to.be.greaterThan(0);
    }));

  it('goes by nightly.yaml; flags win', () =>
    inFolder(async (folder) => {
      await writeFile(
        join(folder, 'nightly.yaml'),
        'stacks:\n  - heartbeat-sarge\n  - {stack: heartbeat-sarge, label: slow, settings: {deadtime: 30}}\nscenarios: [hard-halt]\nrepeats: 2\nseed: 5\nbudget: 10m\n',
      );
      const plan = await listed(folder, []);
      expect(plan.runs.map(({ cell, repeat }) => `${cell} ${String(repeat)}`)).to.deep.equal([
        'heartbeat-sarge/hard-halt 1',
      ]);
      expect(plan.leftOut.map(({ cell, repeats }) => `${cell} ${String(repeats)}`).sort()).to.deep.equal([
        'heartbeat-sarge+slow/hard-halt 2',
        'heartbeat-sarge/hard-halt 1',
      ]);
      expect(plan.seed).to.equal(5);
      const more = await listed(folder, ['--budget', '4h', '--seed', '6', '--repeat', '1']);
      expect([more.runs.length, more.leftOut.length, more.seed]).to.deep.equal([2, 0, 6]);
    }));

  it('expects what earlier runs here took, and begins with what failed', () =>
    inFolder(async (folder) => {
      const before = smallRecord({
        id: 'r1',
        scenario: 'link-flap',
        verdict: 'fail',
        durationMs: 70_000,
        settings: {},
      });
      const first = await listed(folder, small);
      expect(first.runs.map(({ cell }) => cell)).to.deep.equal([
        'heartbeat-sarge/hard-halt',
        'heartbeat-sarge/link-flap',
      ]);
      const { cpus } = await import('node:os');
      const host = { cpu: cpus()[0]?.model ?? 'unknown', cores: String(cpus().length) };
      const { resolveSettings } = await import('../../../lab/settings.ts');
      const { heartbeatSarge } = await import('../../../provisioners/heartbeat-sarge.ts');
      const settings = resolveSettings(heartbeatSarge, 'current', {});
      await openStore(join(folder, 'lab-results')).keep({ ...before, host, settings });
      const { runs } = await listed(folder, small);
      expect(runs.map(({ cell, seconds }) => [cell, seconds])).to.deep.equal([
        ['heartbeat-sarge/link-flap', 100],
        ['heartbeat-sarge/hard-halt', 210],
      ]);
      expect(runs[0]?.from).to.contain('1 run of it;');
    }));

  it('has in all shards together what the whole has', () =>
    inFolder(async (folder) => {
      const keys = async (words: readonly string[]): Promise<string[]> =>
        (await listed(folder, words)).runs.map(({ cell }) => cell);
      const parts = await Promise.all(['1/3', '2/3', '3/3'].map((shard) => keys(['--shard', shard])));
      expect(parts.flat().sort()).to.deep.equal((await keys([])).sort());
      for (const part of parts) expect(part.length).to.be.greaterThan(5);
    }));

  it('gives GitHub Actions a matrix, each job of which is a command that is understood', () =>
    inFolder(async (folder) => {
      const asked = [
        ...qemu,
        '--list',
        '--format',
        'github',
        '--shards',
        '3',
        '--budget',
        '2h',
        '--set',
        'deadtime=12',
      ];
      const { stdout, code } = await runLab(folder, asked);
      expect(code).to.equal(0);
      expect(stdout.trim()).not.to.contain('\n');
      const { include } = JSON.parse(stdout) as { include: { args: string; shard: string }[] };
      expect(include.map(({ shard }) => shard)).to.deep.equal(['1of3', '2of3', '3of3']);
      const seeds = new Set(include.map(({ args }) => /--seed (\d+)/.exec(args)?.[1]));
      expect(seeds.size).to.equal(1);
      const part = await runLab(folder, [
        'nightly',
        '--list',
        '--json',
        ...(include[0]?.args ?? '').split(' '),
      ]);
      expect(JSON.parse(part.stdout)).to.deep.include({ shard: { index: 1, of: 3 }, budgetSeconds: 7200 });
    }));

  it('gives GitLab a child pipeline with a job for each lab', () =>
    inFolder(async (folder) => {
      const { stdout } = await runLab(folder, [
        ...qemu,
        '--list',
        '--format',
        'gitlab',
        '--out',
        'elsewhere',
      ]);
      const pipeline = parse(stdout) as Record<string, unknown>;
      const jobs = Object.keys(pipeline).filter((name) => name.startsWith('nightly '));
      expect(jobs).to.have.length(5);
      expect(pipeline[jobs[0] ?? '']).to.have.nested.property('artifacts.paths[0]', 'elsewhere/');
    }));

  for (const { words, says } of [
    { words: ['--shard', '4/3'], says: /--shard "4\/3": not a part of a whole/ },
    { words: ['--budget', 'soon'], says: /--budget "soon": not a time/ },
    {
      words: ['--stacks', 'heartbeat-sarg'],
      says: /--stacks: unknown stack "heartbeat-sarg"\nhint: did you mean heartbeat-sarge/,
    },
    { words: ['--stacks', 'a,,b'], says: /--stacks "a,,b": a name is empty/ },
    { words: ['--scenarios', 'x'], says: /--scenarios: unknown scenario "x"/ },
    { words: ['--repeat', '0'], says: /--repeat "0": not a whole number/ },
    { words: ['--seed', 'x'], says: /--seed "x": not a whole number/ },
    { words: ['--notify', 'ftp://x'], says: /--notify: not an address/ },
    { words: ['--config', 'gone.yaml'], says: /gone\.yaml cannot be read/ },
    { words: ['--format', 'xml'], says: /Allowed choices are text, json, github, gitlab/ },
    { words: ['--shards', '3'], says: /--shards is about lists for a CI system/ },
    { words: ['--format', 'github', '--shards', '0'], says: /--shards "0": not a whole number/ },
    { words: ['--format', 'github', '--shard', '1/2'], says: /--shard is one part/ },
    { words: ['--resume', '--repeat', '3'], says: /--repeat cannot be given with --resume/ },
    { words: ['--resume'], says: /no night is unfinished/ },
    { words: ['--resume', 'night-1'], says: /there is no night "night-1"/ },
    {
      words: ['--stacks', 'heartbeat-sarge', '--scenarios', 'kill-corosync'],
      says: /this night would run nothing\nhint: heartbeat-sarge\/kill-corosync: /,
    },
  ])
    it(`refuses ${words.join(' ')}`, () =>
      inFolder(async (folder) => {
        const { code, stderr } = await runLab(folder, [...qemu, '--list', ...words]);
        expect(stderr).to.match(says);
        expect(code).to.equal(64);
      }));

  it('names the line of a file that is wrong', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'mine.yaml'), 'scenarios: [hard-halt]\nstack: heartbeat-sarge\n');
      const { code, stderr } = await runLab(folder, [...qemu, '--list', '--config', 'mine.yaml']);
      expect(stderr).to.contain('mine.yaml:2: unknown key stack\nhint: did you mean stacks');
      expect(code).to.equal(64);
    }));
});

describe('lab nightly', () => {
  /** There is no Vagrant here, so no lab comes up: everything but the labs is real. */
  const nowhere = ['--provider', 'libvirt', 'nightly', ...small, '--seed', '7'];

  it('keeps a record of each try that did not come about, tries once more, and ends unknown', () =>
    inFolder(async (folder) => {
      const { code, stdout, stderr } = await runLab(folder, nowhere);
      expect(code).to.equal(2);
      expect(stderr).to.contain('heartbeat-sarge/hard-halt: begins, about 4 min; 0 of 2 runs done, about ');
      expect(stderr).to.contain(
        'heartbeat-sarge/hard-halt, once more: infrastructure failure: libvirt cannot run labs here',
      );
      expect(stderr).to.contain('heartbeat-sarge/link-flap: left out: its lab did not come up');
      expect(stdout).to.match(/^INCOMPLETE {2}night-\d{8}T\d{6}Z\n/);
      const results = join(folder, 'lab-results');
      const [id = ''] = await readdir(join(results, 'nights'));
      const night = Night.parse(
        JSON.parse(await readFile(join(results, 'nights', id, 'night.json'), 'utf8')),
      );
      expect(night.endedAt).not.to.equal(null);
      expect(night.seed).to.equal(7);
      expect(night.attempts.map(({ attempt, outcome }) => [attempt, outcome])).to.deep.equal([
        [1, 'infrastructure'],
        [2, 'infrastructure'],
      ]);
      const runs = await openStore(results).summaries();
      expect(runs.map((run) => [run.id, run.night])).to.deep.equal(
        night.attempts.map(({ run }) => [run, id]),
      );
      expect(await readdir(join(results, night.attempts[0]?.run ?? ''))).to.include('report.html');
    }));

  it('is silent on stderr when that is asked', () =>
    inFolder(async (folder) => {
      expect((await runLab(folder, [...nowhere, '--quiet', '--scenarios', 'link-flap'])).stderr).to.equal('');
    }));

  it('gives two nights that begin in one second names of their own', () =>
    inFolder(async (folder) => {
      const words = [...nowhere, '--quiet', '--scenarios', 'link-flap'];
      await runLab(folder, words);
      await runLab(folder, words);
      expect(await readdir(join(folder, 'lab-results', 'nights'))).to.have.length(2);
    }));

  it('does not begin while another one runs in this folder', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, '.lab'));
      const lock = await holdLock(join(folder, '.lab', 'nightly.lock'), 'running a night');
      const { code, stderr } = await runLab(folder, nowhere);
      await lock.release();
      expect(stderr).to.contain('is running a night');
      expect(code).to.equal(69);
    }));

  it('of a shard without cells runs nothing and passes', () =>
    inFolder(async (folder) => {
      const { code } = await runLab(folder, [...nowhere, '--shard', '3/3', '--quiet']);
      expect(code).to.equal(0);
      expect((await readdir(join(folder, 'lab-results', 'nights')))[0]).to.match(/^night-.*Z-3of3$/);
    }));
});

describe('lab nightly --resume', () => {
  const cells = [exampleCell('heartbeat-sarge', 'hard-halt'), exampleCell('heartbeat-sarge', 'link-flap')];

  it('lists and runs what the newest unfinished night has not measured', () =>
    inFolder(async (folder) => {
      const results = join(folder, 'lab-results');
      const attempt = {
        cell: 'heartbeat-sarge/hard-halt',
        repeat: 1,
        attempt: 1,
        run: 'r1',
        outcome: 'measured' as const,
      };
      const night = exampleNight(cells, { provider: 'libvirt', hostClass: 'x', attempts: [] });
      await keepNight(results, { ...night, id: 'night-1', endedAt: '2026-11-22T02:00:00.000Z' });
      await keepNight(results, { ...night, id: 'night-2' });
      await openStore(results).keep(smallRecord({ id: 'r1', verdict: 'pass', broken: null }), {
        night: 'night-2',
      });
      const plan = await runLab(folder, ['nightly', '--resume', '--list', '--json']);
      expect(plan.stderr).to.equal('');
      expect((JSON.parse(plan.stdout) as Listed).runs.map(({ cell }) => cell)).to.have.length(2);
      await keepNight(results, {
        ...night,
        id: 'night-2',
        attempts: [attempt],
        hostClass: await classOf(folder),
      });
      const rest = await runLab(folder, ['nightly', '--resume', '--list', '--json']);
      expect(rest.stderr).to.equal('');
      expect((JSON.parse(rest.stdout) as Listed).runs.map(({ cell }) => cell)).to.deep.equal([
        'heartbeat-sarge/link-flap',
      ]);
      const { code, stdout, stderr } = await runLab(folder, ['nightly', '--resume', '--quiet', '--json']);
      expect(stderr).to.equal('');
      expect(code).to.equal(2);
      expect(JSON.parse(stdout)).to.have.nested.property('night.id', 'night-2');
      const file = join(results, 'nights', 'night-2', 'night.json');
      const after = Night.parse(JSON.parse(await readFile(file, 'utf8')));
      expect(after.attempts.slice(0, 1)).to.deep.equal([attempt]);
      expect(after.attempts).to.have.length(3);
      expect(after.startedAt).to.equal(night.startedAt);
    }));

  it('does not run again what was kept and not noted', () =>
    inFolder(async (folder) => {
      const results = join(folder, 'lab-results');
      const { resolveSettings } = await import('../../../lab/settings.ts');
      const { heartbeatSarge } = await import('../../../provisioners/heartbeat-sarge.ts');
      const settings = resolveSettings(heartbeatSarge, 'current', {});
      const blow = { seed: 7, run: 1, of: 1, heartbeatIntervalMs: 2000, waitMs: 5 };
      await keepNight(results, exampleNight(cells, { provider: 'libvirt' }));
      await openStore(results).keep(smallRecord({ id: 'r1', settings, blow }), {
        night: exampleNight([]).id,
      });
      const { stdout } = await runLab(folder, ['nightly', '--resume', '--list', '--json']);
      expect((JSON.parse(stdout) as Listed).runs.map(({ cell }) => cell)).to.deep.equal([
        'heartbeat-sarge/link-flap',
      ]);
    }));

  it('refuses a night of another kind of host', () =>
    inFolder(async (folder) => {
      const attempts = [
        { cell: 'heartbeat-sarge/hard-halt', repeat: 1, attempt: 1, run: 'r1', outcome: 'measured' as const },
      ];
      await keepNight(
        join(folder, 'lab-results'),
        exampleNight(cells, { provider: 'libvirt', hostClass: 'kvm / Another / 64 cores', attempts }),
      );
      const { code, stderr } = await runLab(folder, ['nightly', '--resume']);
      expect(stderr).to.contain('was begun on kvm / Another / 64 cores, and this is ');
      expect(code).to.equal(69);
    }));

  it('tells a night that cannot be read, and goes on with another', () =>
    inFolder(async (folder) => {
      const results = join(folder, 'lab-results');
      await keepNight(results, exampleNight(cells, { provider: 'libvirt' }));
      await mkdir(join(results, 'nights', 'night-9'), { recursive: true });
      await writeFile(join(results, 'nights', 'night-9', 'night.json'), '{');
      const { code, stderr } = await runLab(folder, ['nightly', '--resume', '--list']);
      expect(stderr).to.contain('note: night-9 is left out: ');
      expect(code).to.equal(0);
    }));

  async function classOf(folder: string): Promise<string> {
    const { stdout } = await runLab(folder, ['nightly', '--resume', '--list', '--json']);
    return (JSON.parse(stdout) as { hostClass: string }).hostClass;
  }
});
