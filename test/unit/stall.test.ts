import { expect } from 'chai';
import { failingStretches, longestStall } from '../../lab/stall.ts';
import type { Sample } from '../../lab/stall.ts';

const intervalMs = 100;

/** Acknowledgements at these times. */
function acknowledgedAt(...times: number[]): Sample[] {
  return times.map((endMs) => ({ dueMs: endMs - 5, startMs: endMs - 5, endMs, error: null }));
}

/** Acknowledgements every 100 ms, both ends included. */
function steady(fromMs: number, toMs: number): Sample[] {
  const times: number[] = [];
  for (let ms = fromMs; ms <= toMs; ms += intervalMs) times.push(ms);
  return acknowledgedAt(...times);
}

function failed(startMs: number, endMs: number, error = 'EIO'): Sample {
  return { dueMs: startMs, startMs, endMs, error };
}

describe('the longest stall', () => {
  it('is the gap between two acknowledgements minus the interval', () => {
    const samples = [...steady(0, 5000), ...steady(15_000, 20_000)];
    expect(longestStall(samples, intervalMs, { fromMs: 4000, toMs: 20_000 })).to.deep.equal({
      seconds: 9.9,
      startMs: 5100,
      endMs: 15_000,
      open: false,
    });
  });

  it('does not depend on the order of the samples', () => {
    const samples = [...steady(0, 5000), ...steady(15_000, 20_000)];
    const window = { fromMs: 4000, toMs: 20_000 };
    expect(longestStall(samples.toReversed(), intervalMs, window)).to.deep.equal(
      longestStall(samples, intervalMs, window),
    );
  });

  it('is open when nothing was acknowledged up to the end of the window', () => {
    expect(longestStall(steady(0, 5000), intervalMs, { fromMs: 4000, toMs: 9000 })).to.deep.equal({
      seconds: 3.9,
      startMs: 5100,
      endMs: 9000,
      open: true,
    });
  });

  it('is not open for an operation that is merely in flight at the end', () => {
    const stall = longestStall(steady(0, 5000), intervalMs, { fromMs: 4000, toMs: 5160 });
    expect(stall).to.deep.include({ open: false, seconds: 0.06 });
  });

  it('is measured from before the window when the gap began there', () => {
    const samples = [...steady(0, 3000), ...steady(6000, 8000)];
    const stall = longestStall(samples, intervalMs, { fromMs: 5000, toMs: 8000 });
    expect(stall).to.deep.equal({ seconds: 2.9, startMs: 3100, endMs: 6000, open: false });
  });

  it('ends with the window when the gap goes on behind it', () => {
    const samples = [...steady(0, 3000), ...steady(60_000, 61_000)];
    const stall = longestStall(samples, intervalMs, { fromMs: 2000, toMs: 10_000 });
    expect(stall).to.deep.equal({ seconds: 6.9, startMs: 3100, endMs: 10_000, open: true });
  });

  it('leaves out a gap that was over before the window', () => {
    const samples = [...steady(0, 1000), ...steady(31_000, 40_000)];
    expect(longestStall(samples, intervalMs, { fromMs: 35_000, toMs: 40_000 })?.seconds).to.equal(0);
  });

  it('begins with the window for a client that had acknowledged nothing before', () => {
    const stall = longestStall(steady(12_000, 13_000), intervalMs, { fromMs: 5000, toMs: 13_000 });
    expect(stall).to.deep.equal({ seconds: 7, startMs: 5000, endMs: 12_000, open: false });
  });

  it('goes on while operations fail', () => {
    const samples = [...steady(0, 1000), failed(1100, 3000), failed(3000, 4000), ...steady(6000, 7000)];
    expect(longestStall(samples, intervalMs, { fromMs: 0, toMs: 7000 })?.seconds).to.equal(4.9);
  });

  it('is undefined when every operation failed', () => {
    const samples = [failed(0, 100), failed(100, 200)];
    expect(longestStall(samples, intervalMs, { fromMs: 0, toMs: 7000 })).to.equal(undefined);
  });

  it('is undefined when the first acknowledgement came after the window', () => {
    expect(longestStall(steady(8000, 9000), intervalMs, { fromMs: 0, toMs: 7000 })).to.equal(undefined);
    expect(longestStall([], intervalMs, { fromMs: 0, toMs: 7000 })).to.equal(undefined);
  });

  it('is 0 for a client that was never held up', () => {
    const stall = longestStall(steady(0, 9000), intervalMs, { fromMs: 1000, toMs: 9000 });
    expect(stall).to.deep.include({ seconds: 0, open: false });
  });

  it('is given in whole milliseconds', () => {
    const samples = acknowledgedAt(0.123, 2345.678, 2445);
    expect(longestStall(samples, intervalMs, { fromMs: 0, toMs: 2500 })?.seconds).to.equal(2.246);
  });
});

describe('failing stretches', () => {
  it('join consecutive failures of one errno and part at another or at an acknowledgement', () => {
    const samples = [
      failed(0, 10),
      failed(10, 30),
      failed(30, 40, 'EACCES'),
      ...acknowledgedAt(50),
      failed(60, 70, 'EACCES'),
    ];
    expect(failingStretches(samples)).to.deep.equal([
      { startMs: 0, endMs: 30, error: 'EIO', operations: 2 },
      { startMs: 30, endMs: 40, error: 'EACCES', operations: 1 },
      { startMs: 60, endMs: 70, error: 'EACCES', operations: 1 },
    ]);
  });

  it('are none without failures', () => {
    expect(failingStretches(steady(0, 1000))).to.deep.equal([]);
  });
});
