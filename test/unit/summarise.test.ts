import { expect } from 'chai';
import { RunSummary } from '../../lab/run-summary.ts';
import { summaryOf, versionsDigest } from '../../lab/summarise.ts';
import { exampleRecord } from '../fixtures/record.ts';

const record = exampleRecord();

describe('the summary of a run', () => {
  it('is a valid one, and follows from the record and the night alone', () => {
    const summary = summaryOf(record, 'night-20261122T010000Z');
    expect(RunSummary.parse(summary)).to.deep.equal(summary);
    expect(summary).to.deep.include({
      id: record.id,
      night: 'night-20261122T010000Z',
      stack: record.stack,
      settings: record.settings,
      verdict: record.verdict,
      stallSeconds: record.stallSeconds,
      broken: null,
      failed: [],
      lost: 0,
      damaged: 0,
    });
    expect(summaryOf(record, null).night).to.equal(null);
  });

  it('has the phases of the first window, and the other windows by name', () => {
    const { phases, windows } = summaryOf(record, null);
    expect(phases.map(({ name }) => name)).to.deep.equal(record.phases.map(({ name }) => name));
    expect(phases.some(({ governedBy }) => governedBy === null)).to.equal(true);
    expect(windows).to.deep.equal(
      record.windows.slice(1).map(({ name, stallSeconds }) => ({ name, stallSeconds })),
    );
    expect(windows).to.have.length(1);
  });

  it('adds up the errors of all clients, by name', () => {
    const errors = [{ EIO: 3, EACCES: 1 }, { EIO: 2 }];
    const clients = record.clients.map((client, i) => ({ ...client, errors: errors[i] ?? {} }));
    const summed = summaryOf({ ...record, clients }, null).errors;
    expect(summed).to.deep.equal({ EACCES: 1, EIO: 5 });
    expect(Object.keys(summed)).to.deep.equal(['EACCES', 'EIO']);
  });

  it('tells a loss though another client could not be read back, and null where nobody could', () => {
    const counts: [number | null, number | null, number | null][] = [
      [2, 3, 5],
      [null, 3, 3],
      [0, null, 0],
      [null, null, null],
    ];
    for (const [first, second, sum] of counts) {
      const clients = record.clients.map((client, i) => ({ ...client, lost: i === 0 ? first : second }));
      expect(summaryOf({ ...record, clients }, null).lost).to.equal(sum);
    }
    expect(summaryOf({ ...record, clients: [] }, null)).to.include({ lost: null, damaged: null });
  });

  it('names the checks that did not pass, and only those', () => {
    const checks = [
      { name: 'a', verdict: 'pass' as const, message: 'fine' },
      { name: 'b', verdict: 'fail' as const, message: 'too long' },
      { name: 'c', verdict: 'unknown' as const, message: 'not seen' },
    ];
    expect(summaryOf({ ...record, checks }, null).failed).to.deep.equal(checks.slice(1));
  });

  it('has the first line of what broke, and never more than a few hundred characters of what a guest says', () => {
    const { broken, failed } = summaryOf(
      {
        ...record,
        broken: `${'x'.repeat(9000)}\nsecond line`,
        checks: [{ name: 'a', verdict: 'fail', message: 'y'.repeat(9000) }],
      },
      null,
    );
    expect(broken).to.have.length(600).and.match(/^x+…$/);
    expect(failed[0]?.message).to.have.length(600);
    expect(summaryOf({ ...record, broken: 'it broke\nsecond line' }, null).broken).to.equal('it broke');
  });

  it('has the band that was predicted for the first window, null without one', () => {
    const prediction = {
      floorSeconds: 10,
      expectedSeconds: 28,
      band: { fromSeconds: 26, toSeconds: 31 },
      terms: [],
      records: 5,
      basis: 'five runs',
    };
    const windows = record.windows.map((window, i) => ({
      ...window,
      prediction: i === 0 ? prediction : null,
    }));
    expect(summaryOf({ ...record, windows }, null).predicted).to.deep.equal(prediction.band);
    expect(summaryOf({ ...record, windows: [] }, null).predicted).to.equal(null);
  });
});

describe('the digest of versions', () => {
  const versions = { nfs01: { drbd: '8.4', kernel: '6.1' }, nfs02: { drbd: '8.4' } };

  it('is the same in whatever order they were found', () => {
    const turned = { nfs02: { drbd: '8.4' }, nfs01: { kernel: '6.1', drbd: '8.4' } };
    expect(versionsDigest(turned))
      .to.equal(versionsDigest(versions))
      .and.match(/^[0-9a-f]{16}$/);
  });

  it('is another one where a version, a program or its node is another one', () => {
    const others = [
      versions,
      { ...versions, nfs02: { drbd: '8.5' } },
      { ...versions, nfs02: { drbd: '8.4', kernel: '6.1' } },
      { nfs01: versions.nfs02, nfs02: versions.nfs01 },
      { nfs01: { 'drbd"],["8.4': '' } },
      {},
    ];
    expect(new Set(others.map(versionsDigest)).size).to.equal(others.length);
  });
});
