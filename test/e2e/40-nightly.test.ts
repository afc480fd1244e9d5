import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Night } from '../../lab/night.ts';
import { lab, labWhen, workFolder } from './rig.ts';

const nights = join(workFolder, 'lab-results', 'nights');

function onlyNight(): { id: string; night: Night } {
  const [id = '', ...others] = readdirSync(nights);
  expect(others).to.deep.equal([]);
  return { id, night: Night.parse(JSON.parse(readFileSync(join(nights, id, 'night.json'), 'utf8'))) };
}

describe('a night on real machines', () => {
  let before: Night;

  it('has every run on disk when it is killed', async () => {
    const words = ['nightly', '--stacks', 'heartbeat-sarge', '--scenarios', 'link-flap'];
    await labWhen(
      /1 of 2 runs done/,
      (running) => {
        running.kill('SIGKILL');
      },
      ...words,
      '--repeat',
      '2',
      '--seed',
      '7',
    );
    before = onlyNight().night;
    expect(before.endedAt).to.equal(null);
    expect(before.attempts).not.to.be.empty;
    for (const { run } of before.attempts)
      expect(existsSync(join(workFolder, 'lab-results', run, 'record.json')), run).to.equal(true);
  });

  it('goes on where it was, runs nothing twice that it had measured, and is judged', async () => {
    const outcome = await lab('nightly', '--resume', '--json');
    const { id, night } = onlyNight();
    expect(night.endedAt, outcome.stderr).not.to.equal(null);
    expect(night.attempts.slice(0, before.attempts.length)).to.deep.equal(before.attempts);
    const measured = night.attempts.filter((attempt) => attempt.outcome === 'measured');
    expect(new Set(measured.map(({ repeat }) => repeat)).size).to.equal(measured.length);
    const { judgement } = JSON.parse(outcome.stdout) as {
      judgement: { verdict: string; sentence: string };
    };
    // A host that is too busy to measure on leaves a night incomplete; it is no pass then, and no regression.
    const whole = measured.length === 2;
    expect([judgement.verdict, outcome.status], judgement.sentence).to.deep.equal(
      whole ? ['first-night', 0] : ['incomplete', 2],
    );
    for (const file of ['night.html', 'junit.xml', 'night.md', 'night.csv', 'report.json', 'judgement.json'])
      expect(readFileSync(join(nights, id, file), 'utf8').length, file).to.be.greaterThan(100);
  });

  it('is drawn again from its records, and its runs are what the next night is held against', async () => {
    const { id, night } = onlyNight();
    const again = await lab('report', '--night', '--json');
    expect(JSON.parse(again.stdout)).to.have.nested.property('night.id', id);
    const accepted = await lab('baseline', 'show', '--json');
    expect(accepted.status, accepted.stderr).to.equal(0);
    const measured = night.attempts.filter((attempt) => attempt.outcome === 'measured');
    if (measured.length === 2) for (const { run } of measured) expect(accepted.stdout).to.contain(run);
  });

  it('leaves no lab running', async () => {
    const labs = JSON.parse((await lab('list', 'labs', '--json')).stdout) as {
      name: string;
      state: string;
    }[];
    expect(labs.find(({ name }) => name === 'night-heartbeat-sarge')?.state).not.to.equal('running');
    expect((await lab('down', 'night-heartbeat-sarge', '--purge')).status).to.equal(0);
  });
});
