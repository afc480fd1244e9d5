import { expect } from 'chai';
import type { RunRecord } from '../../../lab/record.ts';
import { renderRepeats } from '../../../reports/repeats-text.ts';
import { summariseRepeats } from '../../../reports/repeats.ts';
import { brokenRecord, recordOverBudget, recordWithOpenStall } from '../../fixtures/bad-records.ts';
import { exampleRecord } from '../../fixtures/record.ts';

/** The example record with another stall in its failover. */
function run(id: string, stallSeconds: number, changes: Partial<RunRecord> = {}): RunRecord {
  const record = exampleRecord({ id, ...changes });
  const windows = record.windows.map((window) =>
    window.name === 'failover' ? { ...window, stallSeconds } : window,
  );
  return { ...record, windows, stallSeconds };
}

describe('repeated runs', () => {
  it('are a distribution of each stall and of each of its phases', () => {
    const [summary] = summariseRepeats([run('a', 20), run('b', 30), run('c', 60)]);
    const failover = summary?.windows.find((window) => window.name === 'failover');
    expect(failover?.stallSeconds).to.deep.include({ count: 3, median: 30, worst: 60, least: 20 });
    expect(failover?.phases[0]).to.deep.include({ name: 'detect', unobserved: 0 });
    const failback = summary?.windows.find((window) => window.name === 'failback');
    expect(failback?.phases.find((phase) => phase.name === 'address')).to.deep.equal({
      name: 'address',
      seconds: null,
      unobserved: 3,
    });
  });

  it('count every verdict, and leave out of the figures what could not be judged', () => {
    const starved = run('d', 600, { verdict: 'unknown' });
    const [summary] = summariseRepeats([
      run('a', 20),
      { ...recordOverBudget(), id: 'b' },
      starved,
      brokenRecord(),
    ]);
    expect(summary?.verdicts).to.deep.equal({ pass: 1, fail: 1, unknown: 2 });
    expect(summary?.broken).to.equal(1);
    expect(summary?.windows[0]?.stallSeconds).to.deep.include({ count: 2, worst: 28.412 });
  });

  it('have nothing to say when none could be judged', () => {
    const [summary] = summariseRepeats([brokenRecord(), brokenRecord()]);
    expect(summary?.windows).to.deep.equal([]);
    expect(summariseRepeats([])).to.deep.equal([]);
  });

  it('say how many stalls were still open', () => {
    const [summary] = summariseRepeats([recordWithOpenStall(), run('b', 20)]);
    expect(summary?.windows[0]?.open).to.equal(1);
    const told = renderRepeats(
      [summary].flatMap((each) => each ?? []),
      { colour: false, width: 80 },
    );
    expect(told).to.contain('1 stall still open at the end: at least so long');
  });

  it('of different settings, stacks or scenarios are not mixed', () => {
    const other = run('b', 90, { settings: { ...exampleRecord().settings, deadtime: 30 } });
    const summaries = summariseRepeats([run('a', 20), other, run('c', 20, { scenario: 'power-cut' })]);
    expect(summaries.map((summary) => summary.runs)).to.deep.equal([['a'], ['b'], ['c']]);
    const told = renderRepeats(summaries, { colour: false, width: 80 });
    expect(told.match(/^deadtime=\d+$/gm)).to.deep.equal(['deadtime=10', 'deadtime=30']);
  });

  it('tell their seeds, and flag runs outside of what was predicted', () => {
    const blow = { seed: 7, run: 1, of: 2, heartbeatIntervalMs: 2000, waitMs: 3 };
    const surprising = run('a', 60, { blow });
    const prediction = {
      floorSeconds: 8,
      expectedSeconds: 30,
      band: { fromSeconds: 20, toSeconds: 40 },
      terms: [],
      records: 3,
      basis: '',
    };
    const flagged = {
      ...surprising,
      windows: surprising.windows.map((window) => ({ ...window, prediction })),
    };
    const told = renderRepeats(summariseRepeats([flagged, run('b', 30, { blow })]), {
      colour: false,
      width: 80,
    });
    expect(told).to.contain('2 runs, seed 7');
    expect(told).to.contain('1 run outside of what was predicted');
  });

  it('are never one figure: of a single run it is said that it is none', () => {
    const told = renderRepeats(summariseRepeats([run('a', 20)]), { colour: false, width: 80 });
    expect(told).to.contain('one run is no distribution');
    expect(told).to.match(/stall\s+1\s+20\.0 s\s+20\.0 s\s+-/);
  });

  it('as text let no name move the cursor', () => {
    const told = renderRepeats(summariseRepeats([run('a', 20, { scenario: '\u001b[2J' })]), {
      colour: false,
      width: 80,
    });
    expect(told).not.to.contain('\u001b');
  });
});
