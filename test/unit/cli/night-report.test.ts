import { expect } from 'chai';
import { gatherNight, runsOfDifferingVersions, type NightSources } from '../../../lab/cli/night-report.ts';
import type { Night } from '../../../lab/night.ts';
import { summaryOf } from '../../../lab/summarise.ts';
import { nightOf, type NightRun } from '../../fixtures/night-folders.ts';
import { smallNightParts } from '../../fixtures/small-night-parts.ts';

function sourcesOf(
  nights: readonly ReturnType<typeof nightOf>[],
  changes: Partial<NightSources> = {},
): NightSources {
  return {
    runs: nights.flatMap(({ night, records }) => records.map((record) => summaryOf(record, night.id))),
    nights: nights.map(({ night }) => night),
    baseline: { schema: 1, cells: {} },
    setAside: [],
    judged: new Map(),
    drawn: new Set(),
    ...changes,
  };
}

function once(stallSeconds: number, changes: Partial<NightRun> = {}): NightRun {
  return { stack: 'a', scenario: 'hard-halt', stallSeconds, ...changes };
}

describe('what the reports of a night are drawn from', () => {
  it('has thirty nights, with the worst verdict of each and no infrastructure failure among them', () => {
    const nights = Array.from({ length: 32 }, (_, i) =>
      nightOf([once(i)], { id: `night-${String(i + 10)}` }),
    );
    const mixed = [
      once(5, { changes: { verdict: 'fail' } }),
      once(6),
      once(900, { outcome: 'infrastructure', changes: { verdict: 'unknown' } }),
    ];
    const sources = sourcesOf([...nights, nightOf(mixed, { id: 'night-42' })]);
    const gathered = gatherNight('night-42', sources, smallNightParts);
    const trend = gathered.trend.get('a/hard-halt') ?? [];
    expect(trend.map(({ night }) => night)).to.deep.equal(
      Array.from({ length: 30 }, (_, i) => `night-${String(i + 13)}`),
    );
    expect(trend.at(-1)).to.deep.equal({
      night: 'night-42',
      startedAt: '2026-11-22T01:00:00.000Z',
      medianSeconds: 5.5,
      measuredRuns: 2,
      verdict: 'fail',
      judged: null,
    });
    expect(gathered.runs).to.have.length(3);
  });

  it('has nights in the order in which they were run, whatever their clocks and ids say', () => {
    const years = ['2026', '2031', '2010', '2027'];
    const nights = years.map((year, i) =>
      nightOf([once(i)], { id: `night-${year}`, startedAt: `${year}-01-01T00:00:00.000Z` }),
    );
    const sources = sourcesOf(nights, { nights: nights.map(({ night }) => night).reverse() });
    const order = (id: string): string[] =>
      (gatherNight(id, sources, smallNightParts).trend.get('a/hard-halt') ?? []).map(({ night }) => night);
    expect(order('night-2027')).to.deep.equal(years.map((year) => `night-${year}`));
    expect(order('night-2031')).to.deep.equal(['night-2026', 'night-2031']);
  });

  it('does not show in which order a night was run', () => {
    const runs = ['b', 'a'].flatMap((stack) => [once(1, { stack }), once(2, { stack })]);
    const { night, records } = nightOf(runs);
    const shuffled: Night = {
      ...night,
      cells: [...night.cells].reverse(),
      attempts: [...night.attempts].reverse(),
    };
    const [one, other] = [
      gatherNight(night.id, sourcesOf([{ night, records }]), smallNightParts),
      gatherNight(
        night.id,
        sourcesOf([{ night: shuffled, records: [...records].reverse() }]),
        smallNightParts,
      ),
    ];
    expect(one).to.deep.equal(other);
    expect(one.night.cells.map(({ key }) => key)).to.deep.equal(['a/hard-halt', 'b/hard-halt']);
  });

  it('compares a night that has no run in the store with all that was before', () => {
    const before = nightOf([once(1)], { id: 'night-1' });
    const { night } = nightOf([once(2)], { id: 'night-0' });
    const baseline: NightSources['baseline'] = {
      schema: 1,
      cells: {
        'a/hard-halt': {
          [night.hostClass]: { runs: ['1-a-hard-halt-1'], last: { night: 'night-1', by: 'unchanged' } },
        },
      },
    };
    const sources = sourcesOf([before], { nights: [night, before.night], baseline });
    const gathered = gatherNight('night-0', sources, smallNightParts);
    expect(gathered.history.get('a/hard-halt')?.map(({ id }) => id)).to.deep.equal(['1-a-hard-halt-1']);
    expect(gathered.trend.get('a/hard-halt')?.map(({ night: each }) => each)).to.deep.equal([
      'night-1',
      'night-0',
    ]);
  });

  it('asks one run for each set of versions, and only where there are several in a cell', () => {
    const other = { versions: { nfs01: { 'drbd-utils': '9.22' } } };
    const same = gatherNight(
      'night-1',
      sourcesOf([nightOf([once(1), once(2)], { id: 'night-1' })]),
      smallNightParts,
    );
    expect(runsOfDifferingVersions(same).size).to.equal(0);
    const runs = [
      once(1),
      once(2),
      once(3, { changes: other }),
      once(3, { scenario: 'link-cut', changes: other }),
    ];
    const mixed = gatherNight('night-1', sourcesOf([nightOf(runs, { id: 'night-1' })]), smallNightParts);
    expect([...runsOfDifferingVersions(mixed).values()].sort()).to.deep.equal([
      '1-a-hard-halt-2',
      '1-a-hard-halt-3',
    ]);
  });
});
