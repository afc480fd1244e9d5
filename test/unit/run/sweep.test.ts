import { expect } from 'chai';
import { HostError, InterruptedError } from '../../../lab/errors.ts';
import type { Cell } from '../../../lab/grid.ts';
import type { RunRecord } from '../../../lab/record.ts';
import { sweepThrough, type SweepWork } from '../../../lab/run/sweep.ts';
import { failureOf } from '../../fakes/failure.ts';
import { heardProgress } from '../../fakes/stack.ts';
import { brokenRecord } from '../../fixtures/bad-records.ts';
import { exampleRecord } from '../../fixtures/record.ts';

const cells: Cell[] = [3, 5].map((deadtime) => ({ at: { deadtime }, settings: { deadtime } }));

/** A sweep in memory, and what was done in it, in order. */
function rig(changes: Partial<SweepWork> = {}) {
  const done: string[] = [];
  const controller = new AbortController();
  const progress = heardProgress();
  const work: SweepWork = {
    cells,
    repeat: 2,
    seed: 7,
    run: ({ at }, { run, of, seed }) => {
      done.push(`run ${String(at['deadtime'])} ${String(run)}/${String(of)} seed ${String(seed)}`);
      return Promise.resolve(exampleRecord());
    },
    failed: ({ at }, why) => {
      done.push(`failed ${String(at['deadtime'])}`);
      return Promise.resolve(brokenRecord(why));
    },
    end: ({ at }) => {
      done.push(`end ${String(at['deadtime'])}`);
      return Promise.resolve();
    },
    kept: () => Promise.resolve(),
    ...changes,
  };
  return { done, controller, progress, run: () => sweepThrough(work, progress, controller.signal) };
}

describe('a sweep', () => {
  it('runs every combination as often as asked, and takes its lab down before the next', async () => {
    const { done, run } = rig();
    expect(await run()).to.have.length(4);
    expect(done).to.deep.equal([
      'run 3 1/2 seed 7',
      'run 3 2/2 seed 7',
      'end 3',
      'run 5 1/2 seed 7',
      'run 5 2/2 seed 7',
      'end 5',
    ]);
  });

  it('records a combination that this host cannot run, ends it, and goes on', async () => {
    const kept: RunRecord[] = [];
    const { done, run } = rig({
      run: ({ at }) =>
        at['deadtime'] === 3 ? Promise.reject(new HostError('no memory')) : Promise.resolve(exampleRecord()),
      kept: (record) => Promise.resolve(void kept.push(record)),
    });
    const records = await run();
    expect(records.map((record) => record.broken)).to.deep.equal(['no memory', null, null]);
    expect(kept).to.deep.equal(records);
    expect(done).to.deep.equal(['failed 3', 'end 3', 'end 5']);
  });

  it('does not provision again and again a lab that does not come up', async () => {
    let runs = 0;
    const { run } = rig({
      run: () => {
        runs += 1;
        return Promise.resolve({ ...brokenRecord('the lab did not come up'), accelerator: 'none' });
      },
    });
    await run();
    expect(runs).to.equal(2);
  });

  it('goes on with a combination whose run broke on a lab that was up', async () => {
    const { run } = rig({ run: () => Promise.resolve(brokenRecord()) });
    expect(await run()).to.have.length(4);
  });

  it('goes on when a lab cannot be taken down, and says so', async () => {
    const { run, progress } = rig({ end: () => Promise.reject(new HostError('it is locked')) });
    expect(await run()).to.have.length(4);
    expect(progress.notes).to.include('its lab could not be taken down: it is locked');
  });

  it('ends the lab it is at when it is interrupted, and begins no other', async () => {
    const { done, run, controller } = rig({
      run: () => {
        controller.abort();
        return Promise.reject(new InterruptedError());
      },
    });
    expect(await failureOf(run())).to.be.instanceOf(InterruptedError);
    expect(done).to.deep.equal(['end 3']);
  });

  it('does not swallow a bug', async () => {
    const { done, run } = rig({ run: () => Promise.reject(new TypeError('a bug')) });
    expect(await failureOf(run())).to.be.instanceOf(TypeError);
    expect(done).to.deep.equal(['end 3']);
  });
});
