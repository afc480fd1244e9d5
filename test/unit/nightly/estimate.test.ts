import { expect } from 'chai';
import {
  estimateOf,
  median,
  sameSettings,
  usualSeconds,
  type TimesKnown,
} from '../../../lab/nightly/estimate.ts';
import { exampleSummary } from '../../fixtures/runs.ts';

const cell = {
  stack: 'heartbeat-sarge',
  edition: 'current' as const,
  label: null,
  scenario: 'hard-halt',
  all: { deadtime: 10 },
};

function known(changes: Partial<TimesKnown> = {}): TimesKnown {
  return {
    runs: [],
    provisionSeconds: () => undefined,
    aroundSeconds: () => undefined,
    isFrozen: () => false,
    ...changes,
  };
}

const run = (seconds: number, changes: Parameters<typeof exampleSummary>[0] = {}) =>
  exampleSummary({ durationMs: seconds * 1000, settings: { deadtime: 10 }, ...changes });

describe('how long a cell takes', () => {
  it('is the median of its own runs, and what restoring took', () => {
    const runs = [run(100), run(300), run(120), run(900, { settings: { deadtime: 30 } })];
    expect(
      estimateOf(cell, known({ runs, aroundSeconds: () => 12, provisionSeconds: () => 80.4 })),
    ).to.deep.equal({
      runSeconds: 132,
      provisionSeconds: 80,
      from: '3 runs of it; provisioning as the last time',
    });
  });

  it('goes by the newest ten', () => {
    const runs = [
      ...Array.from({ length: 20 }, () => run(1000)),
      ...Array.from({ length: 10 }, () => run(50)),
    ];
    expect(estimateOf(cell, known({ runs, aroundSeconds: () => 0 })).runSeconds).to.equal(50);
  });

  it('is else that with other settings, else that of its scenario on other stacks', () => {
    const other = run(200, { settings: { deadtime: 30 } });
    const elsewhere = run(400, { stack: 'pacemaker-centos7' });
    expect(estimateOf(cell, known({ runs: [elsewhere, other] })).from).to.contain(
      '1 run of it with other settings',
    );
    expect(estimateOf(cell, known({ runs: [elsewhere] })).from).to.contain(
      '1 run of hard-halt on other stacks',
    );
  });

  it('does not follow from runs that broke, and is else what is usual', () => {
    const runs = [run(3, { broken: 'the fabric died' }), run(0)];
    const { runSeconds, provisionSeconds, from } = estimateOf(cell, known({ runs }));
    expect({ runSeconds, provisionSeconds }).to.deep.equal(usualSeconds(cell));
    expect(from).to.equal('usual, as there is no run yet; provisioning usual');
    expect(usualSeconds({ scenario: 'toString' }).runSeconds).to.equal(150);
  });

  it('counts no provisioning where the lab is frozen already', () => {
    const estimate = estimateOf(cell, known({ isFrozen: () => true, provisionSeconds: () => 80 }));
    expect(estimate.provisionSeconds).to.equal(0);
    expect(estimate.from).to.contain('its lab is frozen already');
  });
});

describe('what estimates are made of', () => {
  it('a median', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([5])]).to.deep.equal([2, 2.5, 5]);
  });

  it('settings that are the same whatever their order', () => {
    expect(sameSettings({ a: 1, b: true }, { b: true, a: 1 })).to.equal(true);
    expect(sameSettings({ a: 1 }, { a: '1' })).to.equal(false);
    expect(sameSettings({ a: 1 }, { a: 1, b: 2 })).to.equal(false);
    expect(sameSettings({ a: 1, b: 2 }, { a: 1, c: 2 })).to.equal(false);
  });
});
