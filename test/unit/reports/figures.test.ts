import { expect } from 'chai';
import {
  count,
  exactSeconds,
  latency,
  moment,
  percent,
  printable,
  quantile,
  roundSeconds,
  shortSeconds,
} from '../../../reports/figures.ts';

describe('figures', () => {
  it('tells lengths of time by their size', () => {
    expect([0, 0.2404, 0.9994, 0.9996, 28.412, 99.94, 99.96, 152.3].map(shortSeconds)).to.deep.equal([
      '0 ms',
      '240 ms',
      '999 ms',
      '1.0 s',
      '28.4 s',
      '99.9 s',
      '100 s',
      '152 s',
    ]);
    expect(exactSeconds(9.1)).to.equal('9.100 s');
    expect([45, 2.5].map(roundSeconds)).to.deep.equal(['45 s', '2.5 s']);
    expect([8.44, 240.2, 999.7, 28_412].map(latency)).to.deep.equal(['8.4 ms', '240 ms', '1.0 s', '28.4 s']);
  });

  it('tells moments of the run in minutes and seconds', () => {
    expect([0, 5031, 59_999.7, 720_000, -20].map(moment)).to.deep.equal([
      '0:00.000',
      '0:05.031',
      '1:00.000',
      '12:00.000',
      '-0:00.020',
    ]);
  });

  it('groups digits', () => {
    expect([0, 999, 1515, 1_234_567].map(count)).to.deep.equal(['0', '999', '1,515', '1,234,567']);
  });

  it('never rounds a share to all or nothing', () => {
    expect([0, 0.001, 0.63, 0.999, 1, 1.001].map(percent)).to.deep.equal([
      '0 %',
      '1 %',
      '63 %',
      '99 %',
      '100 %',
      '101 %',
    ]);
  });

  it('finds quantiles by nearest rank', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).to.equal(2);
    expect(quantile([1, 2, 3, 4], 1)).to.equal(4);
    expect(quantile([], 0.5)).to.equal(undefined);
  });

  it('takes control and direction characters out of what guests say', () => {
    expect(printable('a\u001b[31mred\u0007\n\tb\u202ec\u009b')).to.equal('a�[31mred� b�c�');
    expect(printable('naïve 日本')).to.equal('naïve 日本');
  });
});
