import { expect } from 'chai';
import { blockWidths } from '../../../../reports/terminal/bar.ts';

describe('the blocks of a phase bar', () => {
  it('fill the width exactly', () => {
    for (const width of [10, 33, 76, 120]) {
      const widths = blockWidths([0.32, 0.066, 0.046, 0.079, 0.337, 0.152], width);
      expect(widths.reduce((a, b) => a + b, 0)).to.equal(width);
    }
  });

  it('leave no phase without a block', () => {
    expect(Math.min(...blockWidths([0.999, 0.0005, 0.0005], 20))).to.equal(1);
  });

  it('share evenly when there is nothing to share by', () => {
    expect(blockWidths([0, 0], 10)).to.deep.equal([5, 5]);
    expect(blockWidths([], 10)).to.deep.equal([]);
  });
});
