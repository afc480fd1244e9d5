import { expect } from 'chai';
import type { Retention } from '../../../lab/store.ts';
import { chooseRuns, type Protection } from '../../../lab/store/retention.ts';
import { exampleSummary } from '../../fixtures/runs.ts';

const now = new Date('2026-11-22T00:00:00.000Z');
const nothing: Protection = { accepted: new Set(), nightOf: new Map() };

/** Runs in the order of the history, called by the days ago at which they started. */
function removed(daysAgo: readonly number[], retention: Partial<Retention>, protection = nothing): number[] {
  const runs = daysAgo.map((days) =>
    exampleSummary({
      id: String(days),
      startedAt: new Date(now.getTime() - days * 86_400_000).toISOString(),
    }),
  );
  return chooseRuns(runs, protection, { keepNights: 0, ...retention }, now).remove.map(({ run }) =>
    Number(run),
  );
}

describe('which runs may go', () => {
  it('is none where nothing was asked', () => {
    expect(removed([900, 1], {})).to.deep.equal([]);
  });

  it('are those older than so many days, to the day', () => {
    expect(removed([100, 91, 90, 89, 1], { olderThanDays: 90 })).to.deep.equal([100, 91]);
  });

  it('are those that so many newer ones follow', () => {
    expect(removed([5, 4, 3, 2, 1], { keep: 2 })).to.deep.equal([5, 4, 3]);
    expect(removed([2, 1], { keep: 2 })).to.deep.equal([]);
    expect(removed([2, 1], { keep: 0 })).to.deep.equal([2, 1]);
  });

  it('are only those for which both hold, where both are asked', () => {
    expect(removed([100, 99, 98, 3, 2], { olderThanDays: 90, keep: 4 })).to.deep.equal([100]);
    expect(removed([100, 3, 2, 1], { olderThanDays: 90, keep: 1 })).to.deep.equal([100]);
  });

  it('is no run that a clock in the past dates: it is as young as a run before it', () => {
    expect(removed([100, 2, 20_000, 1], { olderThanDays: 90 })).to.deep.equal([100]);
  });

  it('is no run for a clock in the future either, which makes no other one young', () => {
    expect(removed([100, -500, 99, 1], { olderThanDays: 90 })).to.deep.equal([100, -500, 99]);
    expect(removed([-500, 1], { olderThanDays: 90 })).to.deep.equal([]);
  });

  it('goes by the history and not by dates when runs are counted', () => {
    expect(removed([1, 300, 200], { keep: 1 })).to.deep.equal([1, 300]);
  });

  it('are not the accepted ones, nor those of the newest nights, which are told', () => {
    const runs = ['a', 'b', 'c', 'd', 'e'].map((id) =>
      exampleSummary({ id, startedAt: '2020-01-01T00:00:00Z' }),
    );
    const protection = {
      accepted: new Set(['a', 'gone']),
      nightOf: new Map([
        ['b', 'night-2'],
        ['c', 'night-3'],
        ['d', 'night-1'],
      ]),
    };
    const chosen = chooseRuns(runs, protection, { olderThanDays: 1, keepNights: 2 }, now);
    expect(chosen.remove.map(({ run }) => run)).to.deep.equal(['b', 'e']);
    expect(chosen.protected).to.deep.equal([
      { run: 'a', why: 'accepted by baseline.json' },
      { run: 'c', why: 'of night-3, one of the 2 newest nights' },
      { run: 'd', why: 'of night-1, one of the 2 newest nights' },
    ]);
  });

  it('says of each why', () => {
    const runs = [
      exampleSummary({ id: 'a', startedAt: '2026-01-01T00:00:00Z' }),
      exampleSummary({ id: 'b', startedAt: '2026-11-20T00:00:00Z' }),
    ];
    const chosen = chooseRuns(runs, nothing, { olderThanDays: 9, keep: 1, keepNights: 0 }, now);
    expect(chosen.remove).to.deep.equal([{ run: 'a', why: '325 days old, 1 newer run' }]);
  });
});
