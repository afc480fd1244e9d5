import { expect } from 'chai';
import type { Night } from '../../../lab/night.ts';
import { summaryOf } from '../../../lab/summarise.ts';
import { compareRuns } from '../../../reports/compare.ts';
import type { ComparedRun } from '../../../reports/compare.ts';
import { compareNights } from '../../../reports/compare-nights.ts';
import { renderComparison } from '../../../reports/compare-text.ts';
import { exampleNight, hostile, poisonedNight } from '../../fixtures/night.ts';
import { exampleRecord } from '../../fixtures/record.ts';

const record = exampleRecord();

/** The example, with a detection that takes longer by so many seconds, for which deadtime is to blame. */
function slowed(seconds: number): ComparedRun {
  const windows = record.windows.map((window, i) =>
    i > 0 || window.stallSeconds === null
      ? window
      : {
          ...window,
          stallSeconds: window.stallSeconds + seconds,
          stalls: window.stalls.map((stall) => ({ ...stall, seconds: stall.seconds + seconds })),
          phases: window.phases.map((phase) =>
            phase.name === 'detect' && phase.seconds !== null
              ? { ...phase, seconds: phase.seconds + seconds, governedBy: 'deadtime=30' }
              : phase,
          ),
        },
  );
  const changed = exampleRecord({
    id: 'slowed',
    windows,
    phases: windows[0]?.phases ?? [],
    stallSeconds: windows[0]?.stallSeconds ?? null,
    settings: { ...record.settings, deadtime: 30 },
    versions: { ...record.versions, nfs01: { ...record.versions['nfs01'], 'drbd-utils': '9.15.0-1' } },
  });
  return { record: changed, summary: { ...summaryOf(changed, null), errors: { EIO: 4 }, lost: 2 } };
}

const asIs: ComparedRun = { record, summary: summaryOf(record, null) };
const plain = { colour: false, width: 100 };

describe('two runs side by side', () => {
  it('differ phase by phase, with what governs it', () => {
    const { windows, settings, versions, errors } = compareRuns(asIs, slowed(17));
    expect(windows[0]?.stall).to.deep.equal({ a: 28.412, b: 45.412, difference: 17 });
    expect(windows[0]?.clients.map(({ client, difference }) => [client, difference])).to.deep.equal([
      ['sv01', 17],
      ['sv02', 17],
    ]);
    const detect = windows[0]?.phases.find(({ name }) => name === 'detect');
    expect(detect).to.deep.include({ differenceSeconds: 17, governedBy: 'deadtime=10, now deadtime=30' });
    expect(windows[0]?.phases.filter(({ differenceSeconds }) => differenceSeconds !== 0).length).to.be.below(
      3,
    );
    expect(windows.map(({ name }) => name)).to.deep.equal(['failover', 'failback']);
    expect(settings).to.deep.equal([{ name: 'deadtime', a: 10, b: 30 }]);
    expect(versions).to.deep.equal([{ name: 'drbd-utils on nfs01', a: '9.22.0-1', b: '9.15.0-1' }]);
    expect(errors).to.deep.equal([{ error: 'EIO', a: 0, b: 4 }]);
  });

  it('are one table for each window, then losses, errors, settings and versions', () => {
    const text = renderComparison(compareRuns(asIs, slowed(17)), plain);
    const locks = (lock: 'lost' | null): string =>
      renderComparison(compareRuns(asIs, { ...asIs, summary: { ...asIs.summary, lock } }), plain);
    expect(locks('lost')).to.match(/^NFS lock +kept +lost$/m);
    expect(locks(null)).to.match(/^NFS lock +kept +not watched$/m);
    expect(text).to.match(/failover +A +B +change\nstall +28\.4 s +45\.4 s +\+17\.0 s\n {2}sv01/);
    expect(text).to.match(/ {2}detect .*\+17\.0 s {2}deadtime=10, now deadtime=30\n/);
    expect(text)
      .to.match(/lost +0 +2\n/)
      .and.match(/EIO +0 +4\n/);
    expect(text).to.contain('settings that differ\n  deadtime: 10 -> 30');
    expect(text).to.contain('versions that differ\n  drbd-utils on nfs01: 9.22.0-1 -> 9.15.0-1');
  });

  it('say so where both are alike', () => {
    const comparison = compareRuns(asIs, asIs);
    expect(comparison).to.deep.include({
      comparable: true,
      warnings: [],
      settings: [],
      versions: [],
      errors: [],
    });
    expect(renderComparison(comparison, plain)).not.to.contain('differ');
  });

  it('of different kinds of hosts are shown with a warning, and no difference is computed', () => {
    const other = slowed(17);
    const elsewhere = { ...other, summary: { ...other.summary, hostClass: 'kvm / fast / 8 cores' } };
    const comparison = compareRuns(asIs, elsewhere);
    expect(comparison.comparable).to.equal(false);
    const differences = comparison.windows.flatMap(({ stall, clients, phases }) => [
      stall.difference,
      ...clients.map(({ difference }) => difference),
      ...phases.map(({ differenceSeconds }) => differenceSeconds),
    ]);
    expect(new Set(differences)).to.deep.equal(new Set([null]));
    const text = renderComparison(comparison, plain);
    expect(text).to.contain('warning: different kinds of hosts').and.contain('45.4 s');
    expect(text).not.to.contain('+17.0 s');
  });

  it('warn where different things were run, or a rig broke', () => {
    const broken = {
      ...asIs,
      summary: { ...asIs.summary, id: 'b', scenario: 'link-cut', broken: 'no fabric' },
    };
    const comparison = compareRuns(asIs, broken);
    expect(comparison.b.verdict).to.equal('unknown');
    expect(comparison.warnings.join('\n'))
      .to.contain('different things')
      .and.contain('the rig of b broke: no fabric');
  });

  it('are known by their summaries alone where records are gone', () => {
    const [a, b] = [asIs, slowed(17)].map(({ summary }) => ({ summary, record: null }));
    if (a === undefined || b === undefined) throw new Error('two');
    const comparison = compareRuns(a, b);
    expect(comparison.windows.map(({ name, stall }) => [name, stall.difference])).to.deep.equal([
      ['first window', 17],
      ['failback', 0],
    ]);
    expect(comparison.versions).to.equal(null);
    expect(renderComparison(comparison, plain)).to.contain('the records that say in what are not there');
  });
});

describe('two nights side by side', () => {
  const report = exampleNight();
  const before: Night = {
    ...report.night,
    id: 'night-20261101T010000Z',
    attempts: report.night.cells.flatMap(({ key }) =>
      (report.history.get(key) ?? []).map(({ id }, i) => ({
        cell: key,
        repeat: i + 1,
        attempt: 1,
        run: id,
        outcome: 'measured' as const,
      })),
    ),
  };
  const a = { night: before, runs: [...report.history.values()].flat() };
  const b = { night: report.night, runs: report.runs };

  it('differ cell by cell and phase by phase', () => {
    const { cells } = compareNights(a, b, new Map());
    const [first] = cells;
    expect(first?.stall).to.deep.equal({ a: 61.2, b: 77.2, difference: 16 });
    expect(first?.share).to.be.closeTo(0.261, 0.001);
    expect(first?.mostChanged).to.equal('detect');
    expect(cells[5]?.b).to.deep.include({ runs: 2, pass: 1, fail: 1, lost: 3 });
    expect(cells[5]?.errors).to.deep.equal([{ error: 'EROFS', a: 0, b: 12 }]);
    expect(cells[9]?.b).to.deep.include({ runs: 0, infrastructure: 2 });
    const text = renderComparison({ ...compareNights(a, b, new Map()) }, { colour: false, width: 120 });
    expect(text).to.match(
      /heartbeat-sarge\/hard-halt +61\.2 s +77\.2 s +\+16\.0 s +\+26 % +20 of 20 +2 of 2/,
    );
    expect(text).to.contain('detect changed most').and.contain('deadtime=10, now deadtime=30');
    expect(text)
      .to.match(/serial\/link-cut .* broken/)
      .and.match(/serial\/link-flap .* not run/);
  });

  it('name settings and versions that differ, and say where no record tells what', () => {
    const changed = report.runs.map((run) => ({
      ...run,
      settings: { ...run.settings, deadtime: 30 },
      versionsDigest: 'other',
    }));
    const known = new Map([
      [a.runs[0]?.versionsDigest ?? '', { nfs01: { drbd: '8' } }],
      ['other', { nfs01: { drbd: '9' } }],
    ]);
    const [cell] = compareNights(a, { ...b, runs: changed }, known).cells;
    expect(cell?.settings).to.deep.equal([{ name: 'deadtime', a: 10, b: 30 }]);
    expect(cell?.versions).to.deep.equal([{ name: 'drbd on nfs01', a: '8', b: '9' }]);
    expect(compareNights(a, { ...b, runs: changed }, new Map()).cells[0]?.versions).to.equal(null);
  });

  it('of different kinds of hosts are shown and not compared', () => {
    const elsewhere = { ...b, night: { ...report.night, hostClass: 'kvm / x / 8 cores' } };
    const comparison = compareNights(a, elsewhere, new Map());
    expect(comparison.comparable).to.equal(false);
    for (const { stall, share, phases, mostChanged } of comparison.cells) {
      expect([stall.difference, share, mostChanged]).to.deep.equal([null, null, null]);
      expect(phases.filter(({ differenceSeconds }) => differenceSeconds !== null)).to.deep.equal([]);
    }
    expect(renderComparison(comparison, plain)).to.contain('warning: different kinds of hosts');
  });

  it('warn where records are not there any more, and show a cell that only one of them has', () => {
    const [first, ...rest] = report.night.cells;
    if (first === undefined) throw new Error('no cell');
    const comparison = compareNights(a, { night: { ...report.night, cells: rest }, runs: [] }, new Map());
    expect(comparison.warnings.join()).to.contain('are not there any more');
    expect(comparison.cells.find(({ cell }) => cell === first.key)?.b).to.equal(null);
    expect(renderComparison(comparison, plain)).to.contain('not in it');
  });

  it('move no cursor for a guest', () => {
    const poisoned = poisonedNight(report);
    const night = { night: poisoned.night, runs: poisoned.runs };
    const other = { night: { ...poisoned.night, id: hostile }, runs: poisoned.runs };
    const text = renderComparison(compareNights(night, other, new Map()), plain);
    expect(text).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
