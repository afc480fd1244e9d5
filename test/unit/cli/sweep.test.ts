import { expect } from 'chai';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepCost } from '../../../lab/cli/sweep-cost.ts';
import { exampleRecord } from '../../fixtures/record.ts';
import { exampleSweep } from '../../fixtures/sweep.ts';
import { inFolder, runLab } from './run-lab.ts';

const sarge = ['sweep', 'hard-halt', '--stack', 'heartbeat-sarge'];

describe('lab sweep', () => {
  it('says what it would cost and starts nothing, when that is asked', () =>
    inFolder(async (folder) => {
      const asked = [...sarge, '--set', 'deadtime=5,7,10', '--repeat', '2', '--dry-run'];
      const { code, stdout } = await runLab(folder, asked);
      expect(stdout).to.contain('3 labs, one after the other, each provisioned anew and removed; 6 runs');
      expect(code).to.equal(0);
      const data = JSON.parse((await runLab(folder, [...asked, '--json'])).stdout) as {
        combinations: unknown;
      };
      expect(data.combinations).to.deep.equal([{ deadtime: 5 }, { deadtime: 7 }, { deadtime: 10 }]);
    }));

  it('refuses contradictions before anything is started', () =>
    inFolder(async (folder) => {
      const { code, stderr } = await runLab(folder, [
        ...sarge,
        '--set',
        'deadtime=6,12',
        '--set',
        'keepalive=2,5',
      ]);
      expect(stderr).to.contain('1 of 4 combinations are refused, and nothing was started');
      expect(stderr).to.contain('deadtime must be longer than twice keepalive');
      expect(code).to.equal(64);
    }));

  it('refuses settings that its provider cannot serve before anything is started', () =>
    inFolder(async (folder) => {
      const asked = ['--provider', 'libvirt', 'sweep', 'hard-halt', '--stack', 'pacemaker-centos7'];
      const { code, stderr } = await runLab(folder, [...asked, '--set', 'fencing=none,host', '--dry-run']);
      expect(stderr).to.contain('libvirt cannot fence, and fencing=host of pacemaker-centos7 needs it');
      expect(code).to.equal(69);
    }));

  it('refuses a sweep in which nothing varies, and a seed that is none', () =>
    inFolder(async (folder) => {
      expect((await runLab(folder, sarge)).stderr).to.contain('nothing varies');
      const { code, stderr } = await runLab(folder, [...sarge, '--set', 'deadtime=5,7', '--seed', 'x']);
      expect(stderr).to.contain('not a whole number from 0 on');
      expect(code).to.equal(64);
    }));

  it('and lab scenario refuse a count or a seed that is none, before anything is started', () =>
    inFolder(async (folder) => {
      const scenario = ['scenario', 'hard-halt', '--stack', 'heartbeat-sarge'];
      for (const wrong of [
        ['--seed', '-1'],
        ['--seed', '1.5'],
        ['--seed', ''],
        ['--repeat', '0'],
      ]) {
        const { code, stderr } = await runLab(folder, [...scenario, ...wrong]);
        expect(stderr, wrong.join(' ')).to.contain('not a whole number');
        expect(code).to.equal(64);
      }
    }));

  it('reckons with the runs that there were', () => {
    expect(sweepCost(4, 5, [])).to.contain('how long a run takes is not known');
    const run = exampleRecord({ durationMs: 150_000 });
    expect(sweepCost(4, 5, [run])).to.equal(
      '4 labs, one after the other, each provisioned anew and removed; 20 runs; about 1 h 5 min to 1 h 13 min, from 1 earlier run of 150 to 150 s',
    );
  });
});

describe('lab report --sweep', () => {
  it('draws the latest sweep again, from the records in its folder', () =>
    inFolder(async (folder) => {
      const at = join(folder, 'lab-results', 'sweep-20260101T000000Z-heartbeat-sarge-hard-halt');
      for (const record of exampleSweep()) {
        await mkdir(join(at, record.id), { recursive: true });
        await writeFile(join(at, record.id, 'record.json'), JSON.stringify(record));
      }
      const { stdout, code } = await runLab(folder, ['report', '--sweep']);
      expect(stdout).to.contain('over deadtime: 8 runs');
      expect(stdout).to.contain(
        'page: lab-results/sweep-20260101T000000Z-heartbeat-sarge-hard-halt/sweep.html',
      );
      expect(await readFile(join(at, 'sweep.html'), 'utf8')).to.match(/^<!doctype html>/);
      expect(JSON.parse(await readFile(join(at, 'sweep.json'), 'utf8'))).to.have.property('cells');
      expect([0, 1, 2]).to.include(code);
      const byName = await runLab(folder, ['report', '--sweep', '--json', at]);
      expect(JSON.parse(byName.stdout)).to.have.property('axes');
    }));

  it('names the nearest sweeps for one that is not there, and says where it looked when there is none', () =>
    inFolder(async (folder) => {
      const none = await runLab(folder, ['report', '--sweep']);
      expect(none.stderr).to.contain('there is no sweep in');
      expect(none.code).to.equal(64);
      await mkdir(join(folder, 'lab-results', 'sweep-a'), { recursive: true });
      expect((await runLab(folder, ['report', '--sweep', 'sweep-b'])).stderr).to.contain(
        'did you mean sweep-a',
      );
    }));
});
