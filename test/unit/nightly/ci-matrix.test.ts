import { expect } from 'chai';
import { execa } from 'execa';
import { parse } from 'yaml';
import { ciJobs, githubMatrix, gitlabPipeline } from '../../../lab/nightly/ci-matrix.ts';
import { exampleCell } from '../../fixtures/night-plans.ts';

const cells = ['a', 'b', 'c'].flatMap((stack) => ['x', 'y'].map((scenario) => exampleCell(stack, scenario)));
const evil = "x'; echo evil; '";

describe('a night as jobs', () => {
  it('has each cell in one job, and says how long each takes', () => {
    const jobs = ciJobs(cells, 3, ['--seed', '7']);
    expect(jobs.flatMap((job) => job.cells).sort()).to.deep.equal(cells.map(({ key }) => key).sort());
    expect(jobs.map(({ args, minutes }) => [args, minutes])).to.deep.equal([
      ['--shard 1/3 --seed 7', 5],
      ['--shard 2/3 --seed 7', 5],
      ['--shard 3/3 --seed 7', 5],
    ]);
  });

  it('has no job that would run nothing', () => {
    expect(ciJobs([exampleCell('a', 'x')], 3, [])).to.have.length(1);
  });
});

describe('the matrix of GitHub Actions', () => {
  it('is one line of JSON with a list called include', () => {
    const text = githubMatrix(ciJobs(cells, 2, ['--seed', '7']));
    expect(text).not.to.contain('\n');
    const { include } = JSON.parse(text) as { include: Record<string, unknown>[] };
    expect(include).to.have.length(2);
    expect(include[0]).to.have.all.keys('shard', 'name', 'args', 'minutes');
    expect(include[1]?.['shard']).to.equal('2of2');
  });

  it('quotes what it hands to a shell', async () => {
    const [job] = ciJobs(cells, 1, ['--set', evil]);
    const { stdout } = await execa('sh', ['-c', `printf '%s\\n' ${job?.args ?? ''}`]);
    expect(stdout.split('\n')).to.deep.equal(['--shard', '1/1', '--set', evil]);
  });
});

describe('the child pipeline of GitLab', () => {
  it('is YAML with a job for each shard that keeps its results', () => {
    const pipeline = parse(
      gitlabPipeline(ciJobs(cells, 2, ['--seed', '7', '--set', evil]), 'lab-results'),
    ) as Record<string, unknown>;
    expect(pipeline['stages']).to.deep.equal(['nightly']);
    const jobs = Object.entries(pipeline).filter(([name]) => name.startsWith('nightly '));
    expect(jobs).to.have.length(2);
    for (const [, job] of jobs) {
      expect(job).to.deep.include({ stage: 'nightly' });
      expect(job).to.have.nested.property('artifacts.when', 'always');
      expect(job).to.have.nested.property('artifacts.paths[0]', 'lab-results/');
      expect(job)
        .to.have.property('timeout')
        .that.matches(/^\d+ minutes$/);
    }
    expect(jobs[0]?.[1])
      .to.have.nested.property('script[0]')
      .that.contains('./bin/lab.js nightly --shard 1/2 --seed 7');
  });
});
