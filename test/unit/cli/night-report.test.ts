import { expect } from 'chai';
import { gatherNight, judgedNight, type NightSources } from '../../../lab/cli/night-report.ts';
import { Rules, type CellJudgement, type Judgement } from '../../../lab/judgement.ts';
import type { Night } from '../../../lab/night.ts';
import { summaryOf } from '../../../lab/summarise.ts';
import { nightOf, type NightRun } from '../../fixtures/night-folders.ts';

const rules = Rules.parse({});

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
    const gathered = gatherNight('night-42', sources, rules);
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
      (gatherNight(id, sources, rules).trend.get('a/hard-halt') ?? []).map(({ night }) => night);
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
      gatherNight(night.id, sourcesOf([{ night, records }]), rules),
      gatherNight(night.id, sourcesOf([{ night: shuffled, records: [...records].reverse() }]), rules),
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
          [night.hostClass]: {
            runs: ['1-a-hard-halt-1'],
            anchor: [],
            last: { night: 'night-1', by: 'unchanged' },
          },
        },
      },
    };
    const sources = sourcesOf([before], { nights: [night, before.night], baseline });
    const gathered = gatherNight('night-0', sources, rules);
    expect(gathered.history.get('a/hard-halt')?.map(({ id }) => id)).to.deep.equal(['1-a-hard-halt-1']);
    expect(gathered.trend.get('a/hard-halt')?.map(({ night: each }) => each)).to.deep.equal([
      'night-1',
      'night-0',
    ]);
  });

  it('has what was accepted on the same kind of host, and nothing of others', () => {
    const elsewhere = { accelerator: 'kvm', host: { cpu: 'Fast CPU', cores: '8' } };
    const before = nightOf([once(1), once(2, { changes: elsewhere })], { id: 'night-1' });
    const last = { night: 'night-1', by: 'unchanged' as const };
    const hosts = Object.fromEntries(
      sourcesOf([before]).runs.map(({ id, hostClass }) => [hostClass, { runs: [id], anchor: [], last }]),
    );
    const sources = sourcesOf([before, nightOf([once(3, { changes: elsewhere })], { id: 'night-2' })], {
      baseline: { schema: 1, cells: { 'a/hard-halt': hosts } },
    });
    const { history, trend } = gatherNight('night-2', sources, rules);
    expect(history.get('a/hard-halt')?.map(({ id }) => id)).to.deep.equal(['1-a-hard-halt-2']);
    expect(trend.get('a/hard-halt')?.map(({ medianSeconds }) => medianSeconds)).to.deep.equal([2, 3]);
  });

  it('names a shard that was not merged beside what was set aside', () => {
    const why = 'its results folder was not among those that were merged';
    const night = nightOf([once(1)], { id: 'night-1', leftOut: [{ cell: 'shard 2 of 3', repeats: 1, why }] });
    const { setAside } = gatherNight('night-1', sourcesOf([night]), rules);
    expect(setAside).to.deep.equal([{ run: 'shard 2 of 3', problem: why }]);
  });

  it('has its own verdicts as the last points of the trend', () => {
    const nights = [nightOf([once(1)], { id: 'night-1' }), nightOf([once(2)], { id: 'night-2' })];
    const judged: NightSources['judged'] = new Map([
      ['night-1', new Map<string, CellJudgement['verdict']>([['a/hard-halt', 'first-night']])],
      ['night-2', new Map<string, CellJudgement['verdict']>([['a/hard-halt', 'unknown']])],
    ]);
    const gathered = gatherNight('night-2', sourcesOf(nights, { judged }), rules);
    const judgement: Judgement = { night: 'night-2', verdict: 'regressed', sentence: '', rules, cells: [] };
    const cell = { findings: [], now: [], before: [], shift: null, phase: null, suspects: [] };
    const cells = [{ ...cell, cell: 'a/hard-halt', verdict: 'regressed' as const }];
    const { trend } = judgedNight(gathered, { ...judgement, cells });
    expect(trend.get('a/hard-halt')?.map((point) => point.judged)).to.deep.equal([
      'first-night',
      'regressed',
    ]);
  });
});
