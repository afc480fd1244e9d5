import { expect } from 'chai';
import { decadeLabel, logAxis, timeLabel, timeTicks } from '../../../../reports/html/axis.ts';

describe('the axis of time', () => {
  it('ticks in steps people count in', () => {
    expect(timeTicks(152_000, 12)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => i * 15_000));
    expect(timeTicks(28_412, 6)).to.deep.equal([0, 5000, 10_000, 15_000, 20_000, 25_000]);
  });

  it('never has more steps than asked for, from a blink to a day', () => {
    for (const endMs of [1, 250, 999, 12_345, 1_200_000, 86_400_000])
      expect(timeTicks(endMs, 12).length).to.be.within(1, 13);
  });

  it('labels ticks as minutes and seconds', () => {
    expect(timeLabel(90_000, 15_000)).to.equal('1:30');
    expect(timeLabel(500, 500)).to.equal('0:00.5');
  });
});

describe('the axis of latency', () => {
  it('covers its values in whole decades', () => {
    const axis = logAxis([3.2, 28_412]);
    expect(axis.decades.map(decadeLabel)).to.deep.equal(['1 ms', '10 ms', '100 ms', '1 s', '10 s', '100 s']);
    expect(axis.position(1)).to.equal(0);
    expect(axis.position(100)).to.be.closeTo(0.4, 1e-9);
    expect(axis.position(100_000)).to.equal(1);
  });

  it('keeps values of zero and nothing at all on the page', () => {
    expect(logAxis([0, 5]).position(0)).to.equal(0);
    expect(logAxis([]).decades).to.deep.equal([1, 10, 100]);
  });
});
