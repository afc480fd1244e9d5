import { expect } from 'chai';
import type { CellJudgement, Finding } from '../../../lab/judgement.ts';
import { Judgement, Rules } from '../../../lab/judgement.ts';
import { confirmations } from '../../../lab/judgement/confirmations.ts';
import { judgeNight, type Judged } from '../../../lab/judgement/judge-night.ts';
import { runsWithOtherVersions } from '../../../lab/judgement/suspects.ts';
import type { RunSummary } from '../../../lab/run-summary.ts';
import { key, nightOf, nightWith, runsOf, usualStalls } from './night-of.ts';

const asBefore = [28.2, 28.7, 27.8, 28.5, 28.1];
const slower = [38.2, 38.9, 37.8, 38.5, 38.1];

function cellOf(judged: Judged): CellJudgement {
  const [cell] = judgeNight(judged).cells;
  if (cell === undefined) throw new Error('no cell was judged');
  return cell;
}

function finding(judged: Judged, kind: Finding['kind']): Finding | undefined {
  return cellOf(judged).findings.find((each) => each.kind === kind);
}

function withPhases(runs: RunSummary[], detect: number): RunSummary[] {
  return runs.map((run) => ({
    ...run,
    phases: [
      { name: 'detect', seconds: detect, governedBy: 'deadtime' },
      { name: 'mount', seconds: 2, governedBy: null },
    ],
  }));
}

describe('a night that is as before', () => {
  it('is unchanged, and the sentence has the figures', () => {
    const judgement = judgeNight(nightWith(runsOf('tonight', asBefore)));
    expect(Judgement.parse(judgement).verdict).to.equal('unchanged');
    expect(judgement.cells[0]).to.include({ verdict: 'unchanged', phase: null });
    expect(judgement.sentence).to.match(
      /^Unchanged: 1 cell of 1 no worse .* the largest shift is [+-]0\.\d %/,
    );
  });

  it('is unchanged where it fails as before', () => {
    const failing: Partial<RunSummary> = {
      verdict: 'fail',
      failed: [{ name: 'never-two-active', verdict: 'fail', message: 'two' }],
    };
    const judged = nightWith(runsOf('tonight', asBefore, failing), {
      history: new Map([[key, runsOf('before', usualStalls, failing)]]),
    });
    expect(judgeNight(judged).verdict).to.equal('unchanged');
  });
});

describe('a stall that has shifted', () => {
  it('is a regression with the phase that grew, the setting and the change', () => {
    const tonight = withPhases(runsOf('tonight', slower), 20);
    const history = new Map([[key, withPhases(runsOf('before', usualStalls), 10)]]);
    const settings = { ...tonight[0]?.settings, deadtime: 30 };
    const judgement = judgeNight(
      nightWith(
        tonight.map((run) => ({ ...run, settings })),
        { history },
      ),
    );
    expect(judgement.verdict).to.equal('regressed');
    expect(judgement.cells[0]?.phase).to.deep.equal({
      name: 'detect',
      beforeSeconds: 10,
      nowSeconds: 20,
      governedBy: 'deadtime=30',
    });
    expect(judgement.sentence).to.contain(
      `Regressed: ${key}: clients wait 38.2 s instead of 28.4 s (+35 %) (5 runs against 10), because detect grew by 10.0 s (governed by deadtime=30); changed: setting deadtime: `,
    );
  });

  it('is an improvement downwards', () => {
    const judged = nightWith(runsOf('tonight', [18.2, 18.9, 17.8, 18.5, 18.1]));
    expect(cellOf(judged)).to.include({ verdict: 'improved' });
    expect(judgeNight(judged)).to.include({ verdict: 'unchanged' });
  });

  it('is none where it is too small to matter, be it ever so sure', () => {
    const sure = usualStalls.map((stall) => stall + 1.7);
    expect(cellOf(nightWith(runsOf('tonight', sure))).verdict).to.equal('unchanged');
    const short = nightWith(runsOf('tonight', [1.4, 1.41, 1.42, 1.43, 1.44]), {
      history: new Map([[key, runsOf('before', [1, 1.01, 1.02, 1.03, 1.04, 1.05])]]),
    });
    expect(cellOf(short)).to.include({ verdict: 'unchanged' });
  });

  it('is none where the runs scatter as much themselves', () => {
    const wild = nightWith(runsOf('tonight', [30, 55, 41, 25, 60]), {
      history: new Map([[key, runsOf('before', [20, 50, 31, 24, 58, 36, 44, 22])]]),
    });
    expect(cellOf(wild).shift?.share).to.be.above(0.1);
    expect(cellOf(wild).verdict).to.equal('unchanged');
  });

  it('is found with two runs against two where it is large', () => {
    const judged = (stalls: number[]): Judged =>
      nightWith(runsOf('tonight', stalls), { history: new Map([[key, runsOf('before', [28.1, 28.9])]]) });
    expect(cellOf(judged([48.3, 48.9])).verdict).to.equal('regressed');
    expect(cellOf(judged([28.3, 29.4])).verdict).to.equal('unchanged');
  });

  it('is judged in other windows too, by their names', () => {
    const failback = (seconds: number): Partial<RunSummary> => ({
      windows: [{ name: 'failback', stallSeconds: seconds }],
    });
    const judged = nightWith(
      runsOf('tonight', asBefore).map((run, i) => ({ ...run, ...failback(21 + i / 10) })),
      {
        history: new Map([
          [key, runsOf('before', usualStalls).map((run, i) => ({ ...run, ...failback(15 + i / 10) }))],
        ]),
      },
    );
    expect(finding(judged, 'slower')?.message).to.match(
      /^in the window failback clients wait 21\.2 s instead of/,
    );
    expect(cellOf(judged).verdict).to.equal('regressed');
  });
});

describe('what is compared', () => {
  it('is never another kind of host', () => {
    const history = new Map([[key, runsOf('before', usualStalls, { hostClass: 'kvm / other / 8 cores' })]]);
    const cell = cellOf(nightWith(runsOf('tonight', slower), { history }));
    expect(cell).to.include({ verdict: 'first-night' });
    expect(cell.before).to.deep.equal([]);
    const mixed = runsOf('tonight', asBefore).map((run, i) =>
      i === 0 ? { ...run, stallSeconds: 99, hostClass: 'kvm / other / 8 cores' } : run,
    );
    expect(cellOf(nightWith(mixed)).now).not.to.include(99);
    expect(finding(nightWith(mixed), 'infrastructure')?.message).to.contain('kvm / other / 8 cores');
  });

  it('is neither the night itself, nor another cell, nor a run of which nobody can tell', () => {
    const history = [
      ...runsOf('tonight', slower),
      ...runsOf('other', slower, { scenario: 'link-flap' }),
      ...runsOf('unknown', slower, { verdict: 'unknown' }),
    ];
    expect(
      cellOf(nightWith(runsOf('tonight', slower), { history: new Map([[key, history]]) })).before,
    ).to.deep.equal([]);
  });

  it('is the newest runs, as many as the rules say', () => {
    const rules = Rules.parse({ mostHistory: 3 });
    expect(cellOf(nightWith(runsOf('tonight', asBefore), { rules })).before).to.deep.equal(
      usualStalls.slice(-3),
    );
  });
});

describe('verdicts, errors and losses', () => {
  const failed = (name: string): Partial<RunSummary> => ({
    verdict: 'fail',
    failed: [{ name, verdict: 'fail', message: '' }],
  });
  const oneWith = (changes: Partial<RunSummary>): RunSummary[] =>
    runsOf('tonight', asBefore).map((run, i) => (i === 2 ? { ...run, ...changes } : run));

  it('condemn a loss, also without a history', () => {
    const lossy = oneWith({ ...failed('no-acknowledged-write-lost'), lost: 3, damaged: 1 });
    for (const judged of [nightWith(lossy), nightWith(lossy, { history: new Map() })]) {
      expect(finding(judged, 'lost-write')).to.deep.equal({
        kind: 'lost-write',
        weight: 'regression',
        message: '3 acknowledged writes lost, 1 acknowledged write damaged in 1 run',
        runs: ['tonight-3'],
      });
      expect(judgeNight(judged).verdict).to.equal('regressed');
    }
  });

  it('let a scenario lose what it always loses by design', () => {
    const lossy = runsOf('tonight', asBefore, { lost: 40 });
    const always = new Map([[key, runsOf('before', usualStalls, { lost: 55 })]]);
    expect(finding(nightWith(lossy, { history: always }), 'lost-write')).to.equal(undefined);
    expect(finding(nightWith(lossy), 'lost-write')?.weight).to.equal('regression');
    expect(finding(nightWith(lossy, { history: new Map() }), 'lost-write')?.weight).to.equal('notice');
  });

  it('condemn a lock that was always kept and is lost now; with little to compare it is told', () => {
    const judged = nightWith(oneWith({ lock: 'lost' }));
    expect(finding(judged, 'lost-lock')).to.deep.equal({
      kind: 'lost-lock',
      weight: 'regression',
      message: 'a client lost its NFS lock in 1 run of 5, in none of 10 accepted runs that watched one',
      runs: ['tonight-3'],
    });
    expect(cellOf(judged).verdict).to.equal('regressed');
    expect(judgeNight(judged).sentence).to.contain('lost its NFS lock');
    for (const lock of ['none', null] as const) {
      const history = new Map([[key, runsOf('before', usualStalls, { lock })]]);
      expect(finding({ ...judged, history }, 'lost-lock')).to.deep.include({
        weight: 'notice',
        message: 'a client lost its NFS lock in 1 run of 5; no accepted run tells',
      });
    }
    const always = new Map([[key, runsOf('before', usualStalls, { lock: 'lost' })]]);
    expect(finding({ ...judged, history: always }, 'lost-lock')).to.equal(undefined);
    expect(finding(nightWith(oneWith({ lock: 'unknown' })), 'lost-lock')).to.equal(undefined);
  });

  it('condemn an errno that no accepted run had, unless it is ignored', () => {
    const judged = nightWith(oneWith({ errors: { EIO: 7 } }));
    expect(finding(judged, 'new-error')?.message).to.equal(
      'clients see EIO: 7 failed operations in 1 run of 5, in none of 10 accepted runs',
    );
    expect(cellOf(judged).verdict).to.equal('regressed');
    const rules = Rules.parse({ ignoredErrors: ['EIO'] });
    expect(finding({ ...judged, rules }, 'new-error')).to.equal(undefined);
    const history = new Map([[key, runsOf('before', usualStalls, { errors: { EIO: 1 } })]]);
    expect(finding({ ...judged, history }, 'new-error')).to.equal(undefined);
  });

  it('condemn the first fail, and a check that never failed before', () => {
    const judged = nightWith(oneWith(failed('never-two-active')));
    expect(finding(judged, 'verdict-rate')).to.deep.include({
      weight: 'regression',
      message: '1 of 5 runs failed, 0 of 10 accepted runs did; never before: never-two-active',
      runs: ['tonight-3'],
    });
    const history = new Map([[key, runsOf('before', usualStalls, failed('stall-within-budget'))]]);
    expect(finding({ ...judged, history }, 'verdict-rate')?.message).to.contain(
      'never before: never-two-active',
    );
  });

  it('condemn more fails than chance makes, and not those that it may', () => {
    const sometimes = runsOf('before', [...usualStalls, ...usualStalls, ...usualStalls]).map((run, i) =>
      i % 10 === 0 ? { ...run, id: `b-${String(i)}`, ...failed('stall-within-budget') } : run,
    );
    const history = new Map([[key, sometimes]]);
    const one = nightWith(oneWith(failed('stall-within-budget')), { history });
    expect(finding(one, 'verdict-rate')).to.equal(undefined);
    const all = nightWith(runsOf('tonight', asBefore, failed('stall-within-budget')), { history });
    expect(finding(all, 'verdict-rate')).to.include({
      weight: 'regression',
      message: '5 of 5 runs failed, 3 of 30 accepted runs did',
    });
  });

  it('take unknown for no pass', () => {
    const judged = nightWith(runsOf('tonight', asBefore, { verdict: 'unknown' }));
    expect(cellOf(judged)).to.deep.include({ verdict: 'unknown', now: [] });
    expect(judgeNight(judged)).to.include({
      verdict: 'incomplete',
      sentence: `Incomplete: 1 cell without a verdict (${key}).`,
    });
  });

  it('tell runs outside their prediction', () => {
    const judged = nightWith(oneWith({ predicted: { fromSeconds: 10, toSeconds: 20 } }));
    expect(finding(judged, 'outside-prediction')).to.include({
      weight: 'notice',
      message: '1 run of 5 outside the prediction, the first one with 27.8 s instead of 10.0 s to 20.0 s',
    });
    const within = nightWith(oneWith({ predicted: { fromSeconds: 10, toSeconds: 40 } }));
    expect(finding(within, 'outside-prediction')).to.equal(undefined);
  });
});

describe('a night that is not whole', () => {
  it('counts tries that broke apart, whatever they measured', () => {
    const tonight = runsOf('tonight', [...asBefore, 99]);
    const judged = nightWith(tonight);
    const last = judged.night.attempts.at(-1);
    if (last !== undefined) last.outcome = 'infrastructure';
    expect(cellOf(judged).now).to.deep.equal(asBefore);
    expect(finding(judged, 'infrastructure')).to.deep.include({ weight: 'notice', runs: ['tonight-6'] });
    expect(finding(judged, 'infrastructure')?.message).to.contain('the rig broke in 1 try');
  });

  it('is incomplete where a cell was left out, with the reason', () => {
    const night = nightOf([]);
    night.leftOut.push({ cell: key, repeats: 5, why: 'the budget of 4 h' });
    const judged = nightWith([], { night });
    expect(cellOf(judged).verdict).to.equal('not-run');
    expect(finding(judged, 'not-run')?.message).to.equal('5 of 5 repeats not measured: the budget of 4 h');
    expect(judgeNight(judged).sentence).to.equal(`Incomplete: 1 cell not run (${key}).`);
  });

  it('is incomplete where it was killed, and regressed all the same', () => {
    const judged = (stalls: number[]): Judged => {
      const tonight = runsOf('tonight', stalls);
      return nightWith(tonight, { night: { ...nightOf(tonight), endedAt: null } });
    };
    expect(judgeNight(judged(asBefore)).sentence).to.match(
      /^Incomplete: the night was not finished; 1 cell of 1/,
    );
    expect(judgeNight(judged(slower))).to.include({ verdict: 'regressed' });
  });

  it('is a first night without a history, and says what fails', () => {
    const tonight = runsOf('tonight', asBefore, { verdict: 'fail', failed: [] });
    expect(judgeNight(nightWith(tonight, { history: new Map() }))).to.include({
      verdict: 'first-night',
      sentence: `First night: 1 cell measured, and nothing to compare them with yet; 1 cell with failed runs from the start (${key}).`,
    });
  });
});

describe('suspects', () => {
  it('are changed settings and packages', () => {
    const tonight = runsOf('tonight', asBefore, { versionsDigest: 'new' });
    const asked: string[] = [];
    const judged = nightWith(tonight, {
      versionsOf: (run) => {
        asked.push(run);
        const version = run.startsWith('tonight') ? '9.22' : '9.15';
        return { nfs01: { 'drbd-utils': version, heartbeat: '3.0.6' }, nfs02: { 'drbd-utils': version } };
      },
    });
    expect(cellOf(judged).suspects).to.deep.equal(['package drbd-utils on nfs01, nfs02: 9.15 -> 9.22']);
    expect(runsWithOtherVersions(judged)).to.deep.equal(asked);
    expect(cellOf({ ...judged, versionsOf: () => undefined }).suspects[0]).to.contain('cannot be read');
  });

  it('are none where nothing changed, and no record is asked for', () => {
    const judged = nightWith(runsOf('tonight', slower), {
      versionsOf: () => {
        throw new Error('nobody should ask');
      },
    });
    expect(cellOf(judged).suspects).to.deep.equal([]);
    expect(runsWithOtherVersions(judged)).to.deep.equal([]);
  });
});

describe('a slow creep', () => {
  const anchor = runsOf('anchor', usualStalls);
  const crept = runsOf(
    'crept',
    usualStalls.map((stall) => stall * 1.14),
  );
  const judged = nightWith(
    runsOf(
      'tonight',
      asBefore.map((stall) => stall * 1.17),
    ),
    {
      history: new Map([[key, crept]]),
    },
  );

  it('is told when it has left what a person accepted', () => {
    const found = finding({ ...judged, anchors: new Map([[key, anchor]]) }, 'slower');
    expect(found?.weight).to.equal('notice');
    expect(found?.message).to.match(/^it creeps: clients wait 32\.\d s, and 28\.4 s when/);
    expect(cellOf({ ...judged, anchors: new Map([[key, anchor]]) }).verdict).to.equal('unchanged');
  });

  it('is none against an anchor like the history', () => {
    expect(finding({ ...judged, anchors: new Map([[key, crept]]) }, 'slower')).to.equal(undefined);
  });
});

describe('confirmations', () => {
  const mild = [30.4, 31.3, 30.9, 29.5, 31.6];

  it('are asked for where it is suspicious and not certain', () => {
    expect(confirmations(nightWith(runsOf('tonight', mild)))).to.deep.equal([{ cell: key, repeats: 5 }]);
    expect(confirmations(nightWith(runsOf('tonight', asBefore)))).to.deep.equal([]);
    expect(confirmations(nightWith(runsOf('tonight', [68, 69, 68, 70, 68])))).to.deep.equal([]);
  });

  it('end with what the rules allow', () => {
    const tonight = runsOf('tonight', [...mild, ...mild, ...mild]);
    const judged = nightWith(tonight, { night: nightOf(tonight, 5) });
    const allowing = (confirmRepeats: number): number | undefined =>
      confirmations({ ...judged, rules: Rules.parse({ confirmRepeats }) })[0]?.repeats;
    expect([allowing(0), allowing(10), allowing(12), allowing(40)]).to.deep.equal([
      undefined,
      undefined,
      2,
      5,
    ]);
  });

  it('of no cells is incomplete, but for a part of a night that has nothing to run', () => {
    const empty = { ...nightOf([]), cells: [] };
    const whole = judgeNight(nightWith([], { night: empty }));
    expect(whole.verdict).to.equal('incomplete');
    const part = judgeNight(nightWith([], { night: { ...empty, shard: { index: 3, of: 3 } } }));
    expect([part.verdict, part.sentence]).to.deep.equal([
      'unchanged',
      'Unchanged: this part of the night has nothing to run.',
    ]);
  });
});
