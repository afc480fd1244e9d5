import { expect } from 'chai';
import { rankTest, shiftBetween } from '../../../lab/judgement/rank-test.ts';
import {
  fisherHigher,
  pooledSpread,
  spreadTest,
  spreadWithin,
  studentHigher,
} from '../../../lab/judgement/small-samples.ts';

/** Two samples without equal values of which the first has this U: so many of its values lie below values of the second. */
function withU(first: number, second: number, u: number): [number[], number[]] {
  const below = Array.from({ length: second }, (_, i) => i + 1);
  let left = first * second - u;
  const own = Array.from({ length: first }, (_, i) => {
    const above = Math.min(second, left);
    left -= above;
    return above + 0.5 + i / 1000;
  });
  return [own, below];
}

describe('the rank test', () => {
  it('agrees with the published critical values of Mann and Whitney', () => {
    // Least U that is significant at 0.05 (one-sided) and 0.01, table of Milton 1964.
    const published: [number, number, number, number][] = [
      [5, 5, 0.05, 4],
      [5, 5, 0.01, 1],
      [4, 6, 0.05, 3],
      [8, 8, 0.05, 15],
      [8, 8, 0.01, 9],
      [10, 10, 0.05, 27],
      [10, 10, 0.01, 19],
      [5, 20, 0.05, 25],
    ];
    for (const [m, n, level, critical] of published) {
      expect(rankTest(...withU(m, n, critical)).higher).to.be.at.most(level);
      expect(rankTest(...withU(m, n, critical + 1)).higher).to.be.above(level);
    }
  });

  it('counts exactly where one can count by hand', () => {
    expect(rankTest([4, 5, 6], [1, 2, 3])).to.deep.equal({ higher: 1 / 20, lower: 1, least: 1 / 20 });
    expect(rankTest([1, 2, 3], [4, 5, 6]).lower).to.equal(1 / 20);
  });

  it('gives equal values their middle rank', () => {
    // Of the 6 choices of 2 among 1, 2, 2, 3 one has the sum of 2 and 3 with middle ranks 2.5 and 4, and one more the same.
    expect(rankTest([2, 3], [1, 2]).higher).to.be.closeTo(2 / 6, 1e-12);
    expect(rankTest([7, 7, 7], [7, 7]).higher).to.equal(1);
  });

  it('cannot answer without values', () => {
    expect(rankTest([], [1])).to.deep.equal({ higher: 1, lower: 1, least: 1 });
  });

  it('has a shift beside it that one outlier does not move', () => {
    expect(shiftBetween([11, 12, 13], [1, 2, 3])).to.equal(10);
    expect(shiftBetween([11, 12, 1300], [1, 2, 3])).to.be.closeTo(10, 1);
  });
});

describe('the tests for few runs', () => {
  it('agree with Student’s table', () => {
    const published: [number, number, number][] = [
      [6.314, 1, 0.05],
      [2.92, 2, 0.05],
      [4.541, 3, 0.01],
      [2.015, 5, 0.05],
      [3.707, 6, 0.005],
      [2.764, 10, 0.01],
      [3.385, 30, 0.001],
    ];
    for (const [t, degrees, chance] of published) {
      expect(studentHigher(t, degrees)).to.be.closeTo(chance, chance / 500);
      expect(studentHigher(-t, degrees)).to.be.closeTo(1 - chance, chance / 500);
    }
    expect(studentHigher(0, 4)).to.equal(0.5);
  });

  it('agree with Fisher’s tea, and are one-sided', () => {
    expect(fisherHigher({ failed: 3, of: 4 }, { failed: 1, of: 4 })).to.be.closeTo(17 / 70, 1e-9);
    expect(fisherHigher({ failed: 4, of: 4 }, { failed: 0, of: 4 })).to.be.closeTo(1 / 70, 1e-9);
    expect(fisherHigher({ failed: 0, of: 4 }, { failed: 4, of: 4 })).to.be.closeTo(1, 1e-9);
  });

  it('borrow the spread of all cells, so that two equal runs prove nothing', () => {
    const noisy = pooledSpread([spreadWithin([[20, 25, 30, 22, 28]]), spreadWithin([[40, 30, 50]])]);
    const quiet = pooledSpread([spreadWithin([[20, 20.2, 20.1]]), spreadWithin([[40, 40.3, 40.1]])]);
    expect(spreadTest([24, 24], [20, 20], noisy).higher).to.be.above(0.05);
    expect(spreadTest([24, 24], [20, 20], quiet).higher).to.be.below(0.001);
    expect(spreadTest([24], [20], { variance: 0, degrees: 0 })).to.deep.equal({ higher: 1, lower: 1 });
  });

  it('take a shift between samples for no spread', () => {
    expect(
      spreadWithin([
        [20, 20],
        [40, 40],
      ]),
    ).to.deep.equal({ variance: 0, degrees: 2 });
  });
});
