import { expect } from 'chai';
import type { CellPast } from '../../../lab/nightly/order.ts';
import { isConspicuous, tasksInOrder } from '../../../lab/nightly/order.ts';
import { exampleSummary } from '../../fixtures/runs.ts';
import { exampleCell } from '../../fixtures/night-plans.ts';

const fine = (lastRun: number): CellPast => ({ conspicuous: false, lastRun });
const bad = (lastRun: number): CellPast => ({ conspicuous: true, lastRun });
const never: CellPast = { conspicuous: false, lastRun: null };

function orderOf(pasts: Record<string, CellPast>, repeats = 1): string[] {
  const cells = Object.keys(pasts).map((key) => {
    const [stack = '', scenario = ''] = key.split('/');
    return exampleCell(stack, scenario, { repeats });
  });
  return tasksInOrder(cells, ({ key }) => pasts[key] ?? never).map(
    ({ cell, repeat }) => `${cell.key} ${String(repeat)}`,
  );
}

describe('the order of a night', () => {
  it('begins with what was conspicuous, then what was never run, then what was not run for longest', () => {
    expect(orderOf({ 'a/x': fine(9), 'b/x': fine(2), 'c/x': never, 'd/x': bad(5) })).to.deep.equal([
      'd/x 1',
      'c/x 1',
      'b/x 1',
      'a/x 1',
    ]);
  });

  it('runs everything once before anything a second time', () => {
    expect(orderOf({ 'a/x': never, 'b/x': never }, 2)).to.deep.equal(['a/x 1', 'b/x 1', 'b/x 2', 'a/x 2']);
  });

  it('keeps the cells of a lab together within a pass, and goes on with the lab that is there', () => {
    expect(
      orderOf({ 'a/x': never, 'b/x': bad(3), 'a/y': never, 'b/y': never, 'b/z': fine(1), 'a/z': fine(0) }),
    ).to.deep.equal(['b/x 1', 'b/y 1', 'a/x 1', 'a/y 1', 'a/z 1', 'b/z 1']);
  });

  it('has each repeat of each cell once, whatever their number', () => {
    const cells = [
      exampleCell('a', 'x', { repeats: 3 }),
      exampleCell('b', 'x'),
      exampleCell('a', 'y', { repeats: 2 }),
    ];
    const tasks = tasksInOrder(cells, () => never);
    expect(tasks.map(({ cell, repeat }) => `${cell.key} ${String(repeat)}`).sort()).to.deep.equal([
      'a/x 1',
      'a/x 2',
      'a/x 3',
      'a/y 1',
      'a/y 2',
      'b/x 1',
    ]);
    expect(tasksInOrder([], () => never)).to.deep.equal([]);
  });

  it('gives variants of a stack labs of their own', () => {
    const cells = [exampleCell('a', 'x'), exampleCell('a', 'x', { label: 'slow' })];
    expect(tasksInOrder(cells, () => never).map(({ lab }) => lab)).to.deep.equal([
      'night-a',
      'night-a--slow',
    ]);
  });
});

describe('a conspicuous run', () => {
  const run = exampleSummary({
    verdict: 'pass',
    lost: 0,
    damaged: 0,
    stallSeconds: 20,
    predicted: { fromSeconds: 10, toSeconds: 30 },
  });

  it('failed, could not be judged, lost something, or stalled for longer than predicted', () => {
    expect(isConspicuous(run)).to.equal(false);
    expect(isConspicuous({ ...run, stallSeconds: 5 })).to.equal(false);
    expect(isConspicuous({ ...run, predicted: null, stallSeconds: 99 })).to.equal(false);
    for (const changes of [
      { verdict: 'fail' as const },
      { verdict: 'unknown' as const },
      { lost: 1 },
      { damaged: 1 },
      { stallSeconds: 31 },
    ])
      expect(isConspicuous({ ...run, ...changes }), JSON.stringify(changes)).to.equal(true);
  });
});
