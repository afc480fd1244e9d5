import { expect } from 'chai';
import { pointsOf, thinned } from '../../../../reports/html/points.ts';
import type { Point } from '../../../../reports/html/points.ts';

const quiet = (length: number): Point[] =>
  Array.from({ length }, (_, i) => ({ dueMs: i * 100, latencyMs: 5 + (i % 7), error: null }));

describe('the points of a chart', () => {
  it('are the time from due to end', () => {
    const samples = {
      intervalMs: 100,
      dueMs: [0, 100],
      startMs: [0, 150],
      endMs: [7, 190],
      error: [null, 'EIO'],
    };
    expect(pointsOf(samples)).to.deep.equal([
      { dueMs: 0, latencyMs: 7, error: null },
      { dueMs: 100, latencyMs: 90, error: 'EIO' },
    ]);
  });

  it('are all kept while there are few', () => {
    expect(thinned(quiet(100), 100)).to.deep.equal(quiet(100));
  });

  it('keep a single spike and a single error when there are many', () => {
    const points = quiet(12_000);
    const spike = { dueMs: 777_700, latencyMs: 28_412, error: null };
    const failed = { dueMs: 333_300, latencyMs: 6, error: 'EIO' };
    points[7777] = spike;
    points[3333] = failed;
    const kept = thinned(points, 1000);
    expect(kept.length).to.be.at.most(1001);
    expect(kept).to.include(spike);
    expect(kept).to.include(failed);
  });

  it('stay in order of time and lose no stretch of the run', () => {
    const kept = thinned(quiet(5003), 400);
    const due = kept.map((point) => point.dueMs);
    expect(due).to.deep.equal([...due].sort((a, b) => a - b));
    expect(due[0]).to.be.below(2600);
    expect(due.at(-1)).to.be.above(500_300 - 2600);
  });
});
