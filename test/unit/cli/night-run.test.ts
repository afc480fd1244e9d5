import { expect } from 'chai';
import type { Durations } from '../../../lab/cli/durations.ts';
import { ensureSameHost, rememberTimes, resultOf, resumable } from '../../../lab/cli/night-run.ts';
import { HostError, UsageError } from '../../../lab/errors.ts';
import { brokenRecord } from '../../fixtures/bad-records.ts';
import { exampleNight } from '../../fixtures/night-plans.ts';
import { exampleRecord } from '../../fixtures/record.ts';

describe('what the engine of a night is told of a record', () => {
  it('has its verdict, stall and kind of host', () => {
    const record = exampleRecord({ host: { cpu: 'A processor', cores: '2' } });
    expect(resultOf(record)).to.deep.equal({
      run: record.id,
      outcome: 'measured',
      verdict: 'pass',
      stallSeconds: record.stallSeconds,
      hostClass: 'tcg / A processor / 2 cores',
      labUp: true,
      why: null,
    });
  });

  it('says why it failed, or why it is worth nothing', () => {
    const checks = [
      { name: 'stall-within-budget', verdict: 'fail' as const, message: 'it took 60 s' },
      { name: 'measurement-sound', verdict: 'unknown' as const, message: 'the host was starved' },
    ];
    expect(resultOf(exampleRecord({ verdict: 'fail', checks })).why).to.equal('it took 60 s');
    const starved = resultOf(exampleRecord({ verdict: 'unknown', checks: checks.reverse() }));
    expect([starved.outcome, starved.why]).to.deep.equal(['infrastructure', 'the host was starved']);
  });

  it('tells a rig that broke on a lab that was up from a lab that never was', () => {
    const broke = resultOf(brokenRecord('the fabric died\nand more'));
    expect([broke.outcome, broke.labUp, broke.why]).to.deep.equal([
      'infrastructure',
      true,
      'the fabric died',
    ]);
    const never = resultOf({ ...brokenRecord('no memory'), accelerator: 'none' });
    expect([never.labUp, never.hostClass]).to.deep.equal([false, null]);
  });
});

describe('the times of a night', () => {
  function durations(known: Record<string, number> = {}): Durations & { learnt: Record<string, number> } {
    const learnt: Record<string, number> = {};
    return {
      learnt,
      expectedMs: (path) => known[path],
      remember: (path, ms) => (learnt[path] = ms),
      save: () => undefined,
    };
  }

  it('are those around a run, where nothing was provisioned', () => {
    const kept = durations();
    rememberTimes(kept, { name: 'a' }, ['restore the frozen lab', 'provision b'], 9000);
    expect(kept.learnt).to.deep.equal({ 'nightly > around a run of a': 9000 });
  });

  it('are else those of provisioning, without what is around each run', () => {
    const kept = durations({ 'nightly > around a run of a': 9000 });
    rememberTimes(kept, { name: 'a' }, ['provision a'], 90_000);
    expect(kept.learnt).to.deep.equal({ 'nightly > provision a': 81_000 });
  });
});

describe('the night that is resumed', () => {
  const nights = [
    exampleNight([], { id: 'night-1' }),
    exampleNight([], { id: 'night-2' }),
    exampleNight([], { id: 'night-3', endedAt: '2026-11-22T05:00:00.000Z' }),
  ];

  it('is the newest that is unfinished, or the one that is named', () => {
    expect(resumable(nights, undefined).id).to.equal('night-2');
    expect(resumable(nights, 'night-3').id).to.equal('night-3');
  });

  it('is none where all are finished, or none has that name', () => {
    expect(() => resumable(nights.slice(2), undefined)).to.throw(UsageError, 'no night is unfinished');
    expect(() => resumable(nights, 'night-9')).to.throw(UsageError, 'there is no night "night-9"');
    expect(() => resumable([], 'night-9')).to.throw(UsageError);
  });

  it('goes on where it was begun, or anywhere as long as it has run nothing', () => {
    const attempts = [{ cell: 'a/x', repeat: 1, attempt: 1, run: 'r', outcome: 'measured' as const }];
    ensureSameHost(exampleNight([]), 'another');
    ensureSameHost(exampleNight([], { attempts }), exampleNight([]).hostClass);
    expect(() => {
      ensureSameHost(exampleNight([], { attempts }), 'another');
    }).to.throw(HostError, /was begun on .*, and this is another/);
  });
});
