import { expect } from 'chai';
import { nextAttempt, outcomeOf, withFoundRuns } from '../../../lab/nightly/outcome.ts';
import { exampleCell, exampleNight } from '../../fixtures/night-plans.ts';

const passed = { id: 'r1', verdict: 'pass' as const, broken: null, failed: [] };
const unsound = { name: 'measurement-sound', verdict: 'unknown' as const, message: 'starved' };

describe('the outcome of an attempt', () => {
  it('is measured where a record can be judged, whatever it says', () => {
    expect(outcomeOf(passed)).to.equal('measured');
    expect(outcomeOf({ ...passed, verdict: 'fail', failed: [{ name: 'stall-within-budget' }] })).to.equal(
      'measured',
    );
    expect(outcomeOf({ ...passed, verdict: 'unknown', failed: [{ name: 'faults-proven' }] })).to.equal(
      'measured',
    );
  });

  it('is infrastructure where the rig broke or the host was too busy', () => {
    expect(outcomeOf({ ...passed, verdict: 'unknown', broken: 'the fabric died' })).to.equal(
      'infrastructure',
    );
    expect(outcomeOf({ ...passed, verdict: 'unknown', failed: [unsound] })).to.equal('infrastructure');
  });

  it('stays a failure on a busy host: a lost write is lost', () => {
    const failed = [{ name: 'no-acknowledged-write-lost' }, unsound];
    expect(outcomeOf({ ...passed, verdict: 'fail', failed })).to.equal('measured');
  });
});

describe('the next attempt', () => {
  const attempt = { cell: 'a/x', repeat: 1, attempt: 1, run: 'r', outcome: 'infrastructure' as const };

  it('is the first, or the second after an infrastructure failure, and no third', () => {
    expect(nextAttempt({ attempts: [] }, 'a/x', 1)).to.equal(1);
    expect(nextAttempt({ attempts: [attempt] }, 'a/x', 1)).to.equal(2);
    expect(nextAttempt({ attempts: [attempt] }, 'a/x', 2)).to.equal(1);
    expect(nextAttempt({ attempts: [attempt, attempt] }, 'a/x', 1)).to.equal(null);
    expect(nextAttempt({ attempts: [{ ...attempt, outcome: 'measured' }] }, 'a/x', 1)).to.equal(null);
  });
});

describe('runs that a killed night has not noted', () => {
  const cell = exampleCell('a', 'x', { repeats: 2 });
  const night = exampleNight([cell, exampleCell('a', 'x', { label: 'slow', repeats: 2 })]);

  it('are taken for the repeat that their record names, and not run again', () => {
    const { attempts } = withFoundRuns(night, [{ run: passed, cells: ['a/x'], repeat: 2 }]);
    expect(attempts).to.deep.equal([{ cell: 'a/x', repeat: 2, attempt: 1, run: 'r1', outcome: 'measured' }]);
    expect(nextAttempt({ attempts }, 'a/x', 2)).to.equal(null);
    expect(nextAttempt({ attempts }, 'a/x', 1)).to.equal(1);
  });

  it('are taken once', () => {
    const once = withFoundRuns(night, [{ run: passed, cells: ['a/x'], repeat: 1 }]);
    expect(withFoundRuns(once, [{ run: passed, cells: ['a/x'], repeat: 1 }]).attempts).to.have.length(1);
  });

  it('broke before that was drawn: then they are attempts of what comes next', () => {
    const broken = { ...passed, id: 'r0', verdict: 'unknown' as const, broken: 'the lab did not come up' };
    const { attempts } = withFoundRuns(night, [
      { run: broken, cells: ['a/x'], repeat: null },
      { run: passed, cells: ['a/x'], repeat: 1 },
    ]);
    expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).to.deep.equal([
      [1, 'infrastructure'],
      [2, 'measured'],
    ]);
  });

  it('fill the second of two variants that nothing tells apart when the first has its own', () => {
    const both = ['a/x', 'a+slow/x'];
    const { attempts } = withFoundRuns(night, [
      { run: passed, cells: both, repeat: 1 },
      { run: { ...passed, id: 'r2' }, cells: both, repeat: 1 },
    ]);
    expect(attempts.map(({ cell: key }) => key)).to.deep.equal(both);
  });

  it('belong nowhere where the night has no such cell or repeat', () => {
    const found = [
      { run: passed, cells: [], repeat: 1 },
      { run: passed, cells: ['a/x'], repeat: 9 },
      { run: passed, cells: ['b/x'], repeat: 1 },
    ];
    expect(withFoundRuns(night, found).attempts).to.deep.equal([]);
  });
});
