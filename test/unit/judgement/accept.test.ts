import { expect } from 'chai';
import type { Baseline } from '../../../lab/baseline.ts';
import type { CellJudgement, Judgement } from '../../../lab/judgement.ts';
import {
  acceptNight,
  anchorsOf,
  emptyBaseline,
  historyOf,
  resetBaseline,
  type Acceptance,
} from '../../../lab/judgement/accept.ts';
import { judgeNight } from '../../../lab/judgement/judge-night.ts';
import type { RunSummary } from '../../../lab/run-summary.ts';
import { key, nightWith, runsOf } from './night-of.ts';

const stalls = [28.1, 28.5, 28.3];
const tonight = runsOf('tonight', stalls);
const hostClass = tonight[0]?.hostClass ?? '';

function idsOf(runs: readonly RunSummary[] | undefined): string[] | undefined {
  return runs?.map(({ id }) => id);
}

const before: Baseline = {
  schema: 1,
  cells: {
    [key]: {
      [hostClass]: {
        runs: ['old-1', 'old-2'],
        anchor: ['old-1', 'old-2'],
        last: { night: 'old', by: 'unchanged' },
      },
      'kvm / other': { runs: ['kvm-1'], anchor: ['kvm-1'], last: { night: 'kvm', by: 'hand' } },
    },
  },
};

function accepted(
  by: 'hand' | 'unchanged',
  verdict: CellJudgement['verdict'],
  { baseline = before, runs = tonight, creeps = false } = {},
): Acceptance {
  const { night, ...asked } = nightWith(runs);
  const judged = judgeNight({ night, ...asked });
  const creep = { kind: 'slower', weight: 'notice', message: 'it creeps', runs: [] } as const;
  const judgement: Judgement = {
    ...judged,
    verdict: verdict === 'regressed' ? 'regressed' : 'unchanged',
    cells: judged.cells.map((cell) => ({ ...cell, verdict, findings: creeps ? [creep] : [] })),
  };
  return acceptNight({ baseline, night, runs, judgement, by });
}

function entry({ baseline }: Acceptance): Baseline['cells'][string][string] | undefined {
  return baseline.cells[key]?.[hostClass];
}

describe('accepting a night', () => {
  it('adds what is as before to its kind of host, and touches no other', () => {
    const acceptance = accepted('unchanged', 'unchanged');
    expect(entry(acceptance)).to.deep.equal({
      runs: ['old-1', 'old-2', 'tonight-1', 'tonight-2', 'tonight-3'],
      anchor: ['old-1', 'old-2', 'tonight-1', 'tonight-2', 'tonight-3'],
      last: { night: 'tonight', by: 'unchanged' },
    });
    expect(acceptance.baseline.cells[key]?.['kvm / other']).to.deep.equal(before.cells[key]?.['kvm / other']);
    expect(before.cells[key]?.[hostClass]?.runs).to.have.length(2);
  });

  it('counts once what is accepted twice', () => {
    const { baseline } = accepted('unchanged', 'unchanged');
    expect(entry(accepted('unchanged', 'unchanged', { baseline }))).to.deep.equal(
      baseline.cells[key]?.[hostClass],
    );
  });

  it('takes by itself nothing that is worse, better or creeps', () => {
    for (const [verdict, why] of [
      ['regressed', 'regressed'],
      ['improved', 'a person decides'],
    ] as const) {
      const acceptance = accepted('unchanged', verdict);
      expect(acceptance.baseline).to.deep.equal(before);
      expect(acceptance.left[0]?.why).to.contain(why);
    }
    const creeping = accepted('unchanged', 'unchanged', { creeps: true });
    expect(creeping.baseline).to.deep.equal(before);
    expect(creeping.left[0]?.why).to.contain('creeps');
  });

  it('begins a cell anew by hand where it is not as before, and adds to it where it is', () => {
    const anew = accepted('hand', 'regressed');
    expect(anew.accepted).to.deep.equal([{ cell: key, runs: 3, afresh: true }]);
    expect(entry(anew)?.runs).to.deep.equal(['tonight-1', 'tonight-2', 'tonight-3']);
    const added = accepted('hand', 'unchanged');
    expect(entry(added)?.runs).to.have.length(5);
    expect(entry(added)?.anchor).to.deep.equal(['tonight-1', 'tonight-2', 'tonight-3']);
  });

  it('leaves out runs of which nobody can tell', () => {
    const acceptance = accepted('hand', 'unknown', {
      runs: runsOf('tonight', stalls, { verdict: 'unknown' }),
    });
    expect(acceptance.left).to.deep.equal([{ cell: key, why: 'no run was measured' }]);
    expect(acceptance.baseline).to.deep.equal(before);
  });

  it('keeps what a person accepted as the anchor, and no more runs than twice the history', () => {
    let { baseline } = accepted('hand', 'regressed');
    for (let i = 0; i < 60; i++)
      ({ baseline } = accepted('unchanged', 'unchanged', {
        baseline,
        runs: runsOf(`n${String(i)}`, stalls),
      }));
    const kept = baseline.cells[key]?.[hostClass];
    expect(kept?.runs).to.have.length(100);
    expect(kept?.runs.at(-1)).to.equal('n59-3');
    expect(kept?.anchor).to.have.length(10);
    expect(kept?.anchor.slice(0, 3)).to.deep.equal(['tonight-1', 'tonight-2', 'tonight-3']);
  });
});

describe('the history', () => {
  const old = runsOf('old', [28, 29]);
  const { baseline } = accepted('unchanged', 'unchanged');

  it('is the accepted runs in the order of the store, whatever clocks said', () => {
    const runs = [...tonight.map((run) => ({ ...run, startedAt: '2001-01-01T00:00:00.000Z' })), ...old];
    expect(idsOf(historyOf({ baseline, runs }).get(key))).to.deep.equal([
      'tonight-1',
      'tonight-2',
      'tonight-3',
      'old-1',
      'old-2',
    ]);
    expect(idsOf(anchorsOf({ baseline: before, runs }).get(key))).to.deep.equal(['old-1', 'old-2']);
  });

  it('is of one kind of host where that is asked for, and never of one that a run is not of', () => {
    const kvm = runsOf('kvm', [9], { hostClass: 'kvm / other' });
    const runs = [...old, ...kvm];
    expect(idsOf(historyOf({ baseline: before, runs, hostClass: 'kvm / other' }).get(key))).to.deep.equal([
      'kvm-1',
    ]);
    const wrong = runs.map((run) => ({ ...run, hostClass: 'kvm / other' }));
    expect(idsOf(historyOf({ baseline: before, runs: wrong }).get(key))).to.deep.equal(['kvm-1']);
  });

  it('is what was there before a night, where that is asked for', () => {
    const runs = [...old, ...tonight];
    expect(idsOf(historyOf({ baseline, runs, before: 'tonight' }).get(key))).to.deep.equal([
      'old-1',
      'old-2',
    ]);
    expect(historyOf({ baseline, runs: tonight, before: 'tonight' }).size).to.equal(0);
  });

  it('is forgotten by cell, or as a whole', () => {
    expect(resetBaseline(before, key).cells).to.deep.equal({});
    expect(resetBaseline(before, 'another').cells).to.deep.equal(before.cells);
    expect(resetBaseline(before)).to.deep.equal(emptyBaseline);
  });
});
