import { expect } from 'chai';
import { drawn } from '../../lab/draw.ts';

describe('a draw', () => {
  it('is the same for the same seed and words, on every host', () => {
    expect(drawn(7, 'hard-halt', '1')).to.equal(drawn(7, 'hard-halt', '1'));
    expect(drawn(7, 'hard-halt', '1')).to.be.closeTo(0.5777402636450049, 1e-12);
  });

  it('differs by seed and by each word, wherever one word ends', () => {
    const draws = [
      drawn(7, 'a', '1'),
      drawn(8, 'a', '1'),
      drawn(7, 'a', '2'),
      drawn(7, 'b', '1'),
      drawn(7, 'a1'),
    ];
    expect(new Set(draws).size).to.equal(draws.length);
  });

  it('is even: no tenth of its range is left out or preferred', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let run = 1; run <= 2000; run++) {
      const at = drawn(1, 'hard-halt', String(run));
      expect(at).to.be.within(0, 1 - 1e-9);
      tenths[Math.floor(at * 10)] = (tenths[Math.floor(at * 10)] ?? 0) + 1;
    }
    for (const count of tenths) expect(count).to.be.within(150, 250);
  });
});
