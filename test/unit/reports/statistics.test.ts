import { expect } from 'chai';
import { distributionOf } from '../../../reports/statistics.ts';

describe('a distribution', () => {
  it('has median, quartiles and extremes, whatever the order', () => {
    expect(distributionOf([5, 1, 4, 2, 3])).to.deep.equal({
      count: 5,
      least: 1,
      quartiles: [2, 4],
      median: 3,
      worst: 5,
      spread: 2,
    });
  });

  it('interpolates between two values', () => {
    expect(distributionOf([1, 2, 3, 10])).to.deep.include({
      median: 2.5,
      quartiles: [1.75, 4.75],
      spread: 3,
    });
  });

  it('of one value has no spread, and of none is null', () => {
    expect(distributionOf([7])).to.deep.include({ count: 1, median: 7, worst: 7, spread: 0 });
    expect(distributionOf([])).to.equal(null);
  });

  it('does not sort numbers as texts', () => {
    expect(distributionOf([9, 10, 100])?.median).to.equal(10);
  });
});
