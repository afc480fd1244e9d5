import { expect } from 'chai';
import { HostError, InterruptedError } from '../../../lab/errors.ts';
import type { Night } from '../../../lab/night.ts';
import type { AttemptResult, NightWork } from '../../../lab/nightly/engine.ts';
import { runNight } from '../../../lab/nightly/engine.ts';
import { failureOf } from '../../fakes/failure.ts';
import { exampleCell, exampleNight, tasksOf } from '../../fixtures/night-plans.ts';

const good: AttemptResult = {
  run: '',
  outcome: 'measured',
  verdict: 'pass',
  stallSeconds: 20,
  hostClass: 'tcg / A processor / 2 cores',
  labUp: true,
  why: null,
};
const rigBroke: Partial<AttemptResult> = {
  outcome: 'infrastructure',
  verdict: 'unknown',
  why: 'the fabric died',
};
const neverUp: Partial<AttemptResult> = { ...rigBroke, labUp: false, hostClass: null, why: 'no memory' };
const cells = [exampleCell('a', 'x', { repeats: 2 }), exampleCell('a', 'y'), exampleCell('b', 'x')];

/** A night in memory whose runs take as long as is expected, and what was done in it, in order. */
function rig(
  results: Record<string, Partial<AttemptResult> | Error> = {},
  changes: Partial<NightWork> = {},
  begun: Night = exampleNight(cells),
) {
  const done: string[] = [];
  const kept: Night[] = [];
  const controller = new AbortController();
  let now = 0;
  let runs = 0;
  const work: NightWork = {
    tasks: tasksOf(begun.cells),
    runOne: ({ cell, repeat }, attempt) => {
      const key = `${cell.key} ${String(repeat)}.${String(attempt)}`;
      done.push(key);
      now += cell.estimate.runSeconds * 1000;
      runs += 1;
      const result = results[key] ?? {};
      return result instanceof Error
        ? Promise.reject(result)
        : Promise.resolve({ ...good, run: `run-${String(runs)}`, ...result });
    },
    endLab: (lab) => {
      done.push(`end ${lab}`);
      return Promise.resolve();
    },
    keep: (night) => {
      kept.push(structuredClone(night));
      return Promise.resolve();
    },
    fits: (_lab, running) => running.length === 0,
    nowMs: () => now,
    ...changes,
  };
  return { done, kept, controller, work, run: () => runNight(begun, work, controller.signal) };
}

describe('a night', () => {
  it('runs every repeat of every cell, and ends a lab when its turn is over', async () => {
    const { done, run } = rig();
    const night = await run();
    expect(done).to.deep.equal(['a/x 1.1', 'a/x 2.1', 'a/y 1.1', 'end night-a', 'b/x 1.1', 'end night-b']);
    expect(
      night.attempts.map(({ cell, repeat, run: id }) => `${cell} ${String(repeat)} ${id}`),
    ).to.deep.equal(['a/x 1 run-1', 'a/x 2 run-2', 'a/y 1 run-3', 'b/x 1 run-4']);
    expect(night.endedAt).not.to.equal(null);
    expect(night.leftOut).to.deep.equal([]);
  });

  it('is on disk before its first run and after each', async () => {
    const { kept, run } = rig();
    await run();
    expect(kept.map(({ attempts, endedAt }) => [attempts.length, endedAt === null])).to.deep.equal([
      [0, true],
      [1, true],
      [2, true],
      [3, true],
      [4, true],
      [4, false],
    ]);
  });

  it('tries an infrastructure failure once more, at once, and counts it apart', async () => {
    const { done, run } = rig({ 'a/x 1.1': rigBroke });
    const { attempts } = await run();
    expect(done.slice(0, 3)).to.deep.equal(['a/x 1.1', 'a/x 1.2', 'a/x 2.1']);
    expect(attempts.slice(0, 2).map(({ attempt, outcome }) => [attempt, outcome])).to.deep.equal([
      [1, 'infrastructure'],
      [2, 'measured'],
    ]);
  });

  it('does not try a third time, and goes on', async () => {
    const { done, run } = rig({ 'a/x 1.1': rigBroke, 'a/x 1.2': rigBroke });
    expect((await run()).attempts).to.have.length(5);
    expect(done).to.include('b/x 1.1');
    expect(done).not.to.include('a/x 1.3');
  });

  it('does not try what failed a check once more', async () => {
    const { done, run } = rig({ 'a/x 1.1': { verdict: 'fail' } });
    await run();
    expect(done).not.to.include('a/x 1.2');
  });

  it('leaves out what is left for a lab that does not come up twice', async () => {
    const { done, run } = rig({ 'a/x 1.1': neverUp, 'a/x 1.2': neverUp });
    const night = await run();
    expect(done).to.deep.equal(['a/x 1.1', 'a/x 1.2', 'end night-a', 'b/x 1.1', 'end night-b']);
    expect(night.leftOut).to.deep.equal([
      { cell: 'a/x', repeats: 1, why: 'its lab did not come up: no memory' },
      { cell: 'a/y', repeats: 1, why: 'its lab did not come up: no memory' },
    ]);
  });

  it('learns from its records on what kind of host it is', async () => {
    const hostClass = 'kvm / Another processor / 8 cores';
    const { run } = rig(
      { 'a/x 1.1': neverUp, 'a/x 1.2': { hostClass } },
      {},
      exampleNight(cells.slice(0, 1)),
    );
    const { run: neverRan } = rig(
      { 'a/x 1.1': neverUp, 'a/x 1.2': neverUp },
      {},
      exampleNight(cells.slice(0, 1)),
    );
    expect((await neverRan()).hostClass).to.equal(exampleNight([]).hostClass);
    const { kept, work } = rig({ 'a/y 1.1': { hostClass } }, {}, exampleNight(cells.slice(1, 2)));
    await runNight(exampleNight(cells.slice(1, 2)), work, new AbortController().signal);
    expect(kept.at(-1)?.hostClass).to.equal(hostClass);
    expect((await run()).attempts).to.have.length(3);
  });

  it('leaves out what the budget has no room for, and says so', async () => {
    const { done, run } = rig({}, { budgetSeconds: 300 });
    const night = await run();
    expect(done).to.deep.equal(['a/x 1.1', 'a/x 2.1', 'a/y 1.1', 'end night-a']);
    expect(night.leftOut).to.deep.equal([
      { cell: 'b/x', repeats: 1, why: 'the time budget had no room for it: it takes about 3 min' },
    ]);
    expect(night.endedAt).not.to.equal(null);
  });

  it('goes on where it was killed: what is measured is not run again, what broke once has one more try', async () => {
    const attempts: Night['attempts'] = [
      { cell: 'a/x', repeat: 1, attempt: 1, run: 'r1', outcome: 'measured' },
      { cell: 'a/x', repeat: 2, attempt: 1, run: 'r2', outcome: 'infrastructure' },
    ];
    const interrupted = exampleNight(cells, {
      attempts,
      leftOut: [{ cell: 'b/x', repeats: 1, why: 'the night was interrupted' }],
    });
    const { done, run } = rig({}, {}, interrupted);
    const night = await run();
    expect(done.filter((each) => !each.startsWith('end'))).to.deep.equal(['a/x 2.2', 'a/y 1.1', 'b/x 1.1']);
    expect(night.attempts.slice(0, 2)).to.deep.equal(attempts);
    expect(night.leftOut).to.deep.equal([]);
  });

  it('has labs side by side where they fit, never two runs on one', async () => {
    const waiting = new Map<string, () => void>();
    const begun: string[] = [];
    const { work, done } = rig({}, { fits: (_lab, running) => running.length < 2 });
    work.runOne = ({ cell, repeat, lab }) =>
      new Promise((resolve) => {
        begun.push(`${cell.key} ${String(repeat)}`);
        waiting.set(lab, () => {
          resolve({ ...good, run: `${cell.key}-${String(repeat)}` });
        });
      });
    const night = runNight(exampleNight(cells), work, new AbortController().signal);
    const finish = async (lab: string): Promise<void> => {
      while (!waiting.has(lab)) await Promise.resolve();
      waiting.get(lab)?.();
      waiting.delete(lab);
    };
    await finish('night-a');
    await finish('night-b');
    await finish('night-a');
    await finish('night-a');
    expect((await night).attempts).to.have.length(4);
    expect(begun.slice(0, 2)).to.deep.equal(['a/x 1', 'b/x 1']);
    expect(done).to.deep.equal(['end night-b', 'end night-a']);
  });

  it('heals, ends its labs and can be resumed when it is interrupted', async () => {
    const { done, kept, work, controller } = rig();
    work.runOne = ({ cell }, _attempt, signal) => {
      done.push(cell.key);
      controller.abort();
      return signal.aborted ? Promise.reject(new InterruptedError()) : Promise.resolve({ ...good, run: 'r' });
    };
    expect(await failureOf(runNight(exampleNight(cells), work, controller.signal))).to.be.instanceOf(
      InterruptedError,
    );
    expect(done).to.deep.equal(['a/x', 'end night-a']);
    expect(kept.at(-1)?.endedAt).to.equal(null);
    expect(kept.at(-1)?.leftOut).to.deep.equal(
      ['a/x', 'a/y', 'b/x'].map((cell) => ({
        cell,
        repeats: cell === 'a/x' ? 2 : 1,
        why: 'the night was interrupted',
      })),
    );
  });

  it('runs nothing when it is interrupted before it begins', async () => {
    const { done, controller, run } = rig();
    controller.abort();
    expect(await failureOf(run())).to.be.instanceOf(InterruptedError);
    expect(done).to.deep.equal([]);
  });

  it('ends with what cannot be written, after its other labs have stopped', async () => {
    const { done, kept, run } = rig({ 'b/x 1.1': new HostError('the disk is full') }, { fits: () => true });
    expect(await failureOf(run()))
      .to.be.instanceOf(HostError)
      .with.property('message', 'the disk is full');
    expect(done).to.include('end night-b');
    expect(done).to.include('end night-a');
    expect(done).not.to.include('a/y 1.1');
    expect(kept.at(-1)?.endedAt).to.equal(null);
  });

  it('ends when it cannot be noted itself', async () => {
    let calls = 0;
    const { done, run } = rig(
      {},
      {
        keep: () => {
          calls += 1;
          return calls === 1 ? Promise.resolve() : Promise.reject(new HostError('the disk is full'));
        },
      },
    );
    expect(await failureOf(run())).to.be.instanceOf(HostError);
    expect(done).to.deep.equal(['a/x 1.1', 'end night-a']);
  });

  it('does not swallow a bug', async () => {
    const { run } = rig({ 'a/x 1.1': new TypeError('a bug') });
    expect(await failureOf(run())).to.be.instanceOf(TypeError);
  });

  it('of no cells ends at once', async () => {
    const { run, done } = rig({}, {}, exampleNight([]));
    expect((await run()).endedAt).not.to.equal(null);
    expect(done).to.deep.equal([]);
  });

  it('tells what happens as it does', async () => {
    const told: string[] = [];
    const { run } = rig(
      { 'a/x 1.1': rigBroke },
      {
        budgetSeconds: 400,
        watch: {
          begun: ({ cell }, attempt) => told.push(`begun ${cell.key} ${String(attempt)}`),
          ended: ({ cell }, attempt, { outcome }) =>
            told.push(`ended ${cell.key} ${String(attempt)} ${outcome}`),
          leftOut: ({ cell }) => told.push(`left out ${cell.key}`),
        },
      },
    );
    await run();
    expect(told.slice(0, 4)).to.deep.equal([
      'begun a/x 1',
      'ended a/x 1 infrastructure',
      'begun a/x 2',
      'ended a/x 2 measured',
    ]);
    expect(told.at(-1)).to.equal('left out b/x');
  });

  it('runs what is to be confirmed when all else is done, and asks again after it', async () => {
    const asked: number[] = [];
    const confirm = (night: Night) => {
      asked.push(night.attempts.length);
      const [cell] = tasksOf(cells);
      return Promise.resolve(
        asked.length === 1 && cell !== undefined
          ? [
              { ...cell, repeat: 3 },
              { ...cell, repeat: 4 },
            ]
          : [],
      );
    };
    const { work, done, controller } = rig({}, { confirm });
    const night = await runNight(exampleNight(cells), work, controller.signal);
    expect(asked).to.deep.equal([4, 6]);
    expect(done.filter((each) => each.startsWith('a/x'))).to.deep.equal([
      'a/x 1.1',
      'a/x 2.1',
      'a/x 3.1',
      'a/x 4.1',
    ]);
    expect(night.attempts).to.have.length(6);
  });

  it('does not miss a confirmation that its budget has no room for, nor ask for it for ever', async () => {
    const further = tasksOf(cells)
      .slice(0, 1)
      .map((task) => ({ ...task, repeat: 3 }));
    const { work, controller } = rig({}, { confirm: () => Promise.resolve(further), budgetSeconds: 480 });
    const night = await runNight(exampleNight(cells), work, controller.signal);
    expect(night.attempts).to.have.length(4);
    expect(night.leftOut).to.deep.equal([]);
    expect(night.endedAt).to.be.a('string');
  });
});
