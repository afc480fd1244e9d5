import { expect } from 'chai';
import { forecast, nextStep, summedUp } from '../../../lab/nightly/schedule.ts';
import { exampleCell, tasksOf } from '../../fixtures/night-plans.ts';

const alone = (_lab: string, running: readonly string[]): boolean => running.length === 0;
const two = (_lab: string, running: readonly string[]): boolean => running.length < 2;
const tasks = tasksOf([exampleCell('a', 'x'), exampleCell('a', 'y'), exampleCell('b', 'x')]);

describe('the next step of a night', () => {
  const state = { ready: new Set<string>(), running: [], leftSeconds: undefined };

  it('is the first task whose lab is free and finds room', () => {
    expect(nextStep(tasks, state, two)).to.deep.equal({ kind: 'start', task: tasks[0] });
    expect(nextStep(tasks.slice(1), { ...state, running: ['night-a'] }, two)).to.deep.equal({
      kind: 'start',
      task: tasks[2],
    });
    expect(nextStep(tasks, { ...state, running: ['night-c'] }, alone)).to.deep.equal({ kind: 'wait' });
    expect(nextStep([], state, two)).to.deep.equal({ kind: 'wait' });
  });

  it('leaves out what does not end in time, with provisioning where it is needed', () => {
    expect(nextStep(tasks, { ...state, leftSeconds: 149 }, two).kind).to.equal('leave');
    expect(nextStep(tasks, { ...state, leftSeconds: 150 }, two).kind).to.equal('start');
    expect(nextStep(tasks, { ...state, leftSeconds: 100, ready: new Set(['night-a']) }, two).kind).to.equal(
      'start',
    );
  });
});

describe('the forecast of a night', () => {
  it('adds up runs, and provisioning once for each lab', () => {
    const { seconds, starts } = forecast(tasks, { fits: alone });
    expect(seconds).to.equal(50 + 100 + 100 + 50 + 100);
    expect(starts.map(({ atSeconds }) => atSeconds)).to.deep.equal([0, 150, 250]);
  });

  it('has labs side by side where they fit, each with one thing at a time', () => {
    const { seconds, starts } = forecast(tasks, { fits: two });
    expect(seconds).to.equal(250);
    expect(starts.map(({ task, atSeconds }) => `${task.cell.key} ${String(atSeconds)}`)).to.deep.equal([
      'a/x 0',
      'b/x 0',
      'a/y 150',
    ]);
  });

  it('leaves out what the budget has no room for, and lets a shorter one have its turn', () => {
    const short = exampleCell('a', 'z', { estimate: { runSeconds: 10, provisionSeconds: 50, from: '' } });
    const { starts, leftOut, seconds } = forecast([...tasks, ...tasksOf([short])], {
      fits: alone,
      budgetSeconds: 165,
    });
    expect(starts.map(({ task }) => task.cell.key)).to.deep.equal(['a/x', 'a/z']);
    expect(summedUp(leftOut)).to.deep.equal([
      { cell: 'a/y', repeats: 1, why: 'the time budget had no room for it: it takes about 2 min' },
      { cell: 'b/x', repeats: 1, why: 'the time budget had no room for it: it takes about 3 min' },
    ]);
    expect(seconds).to.equal(160);
  });

  it('of nothing is nothing', () => {
    expect(forecast([], { fits: two })).to.deep.equal({ seconds: 0, starts: [], leftOut: [] });
  });
});

describe('what was left out', () => {
  it('is told once for each cell and reason', () => {
    const left = tasksOf([exampleCell('a', 'x', { repeats: 3 })]).map((task) => ({ task, why: 'no time' }));
    expect(summedUp(left)).to.deep.equal([{ cell: 'a/x', repeats: 3, why: 'no time' }]);
  });
});
