import { expect } from 'chai';
import { duplicates } from '../../../../../lab/providers/vagrant/guest-network/duplicates.ts';

describe('duplicates of frames', () => {
  it('are the copies that other captures tell', () => {
    const isDuplicate = duplicates();
    expect(isDuplicate('sv01', 'aa', 1000, 1010)).to.equal(false);
    expect(isDuplicate('sv02', 'aa', 1000.4, 1200)).to.equal(true);
    expect(isDuplicate('sv03', 'aa', 999.6, 1300)).to.equal(true);
  });

  it('are not what one capture sees twice: that was sent twice', () => {
    const isDuplicate = duplicates();
    expect(isDuplicate('sv01', 'aa', 1000, 1010)).to.equal(false);
    expect(isDuplicate('sv01', 'aa', 1010, 1020)).to.equal(false);
    expect(isDuplicate('sv02', 'aa', 1000, 1030)).to.equal(true);
    expect(isDuplicate('sv02', 'aa', 1010, 1040)).to.equal(true);
    expect(isDuplicate('sv02', 'aa', 1020, 1050)).to.equal(false);
  });

  it('are not other bytes, nor the same ones at another time', () => {
    const isDuplicate = duplicates();
    expect(isDuplicate('sv01', 'aa', 1000, 1010)).to.equal(false);
    expect(isDuplicate('sv02', 'bb', 1000, 1010)).to.equal(false);
    expect(isDuplicate('sv02', 'aa', 1101, 1110)).to.equal(false);
  });

  it('are found though one capture’s lines come seconds late, and forgotten in the end', () => {
    const isDuplicate = duplicates();
    expect(isDuplicate('sv01', 'aa', 1000, 1010)).to.equal(false);
    expect(isDuplicate('sv02', 'aa', 1000, 16_000)).to.equal(true);
    expect(isDuplicate('sv03', 'aa', 1000, 40_000)).to.equal(false);
  });
});
