import { expect } from 'chai';
import { lineSplitter } from '../../lab/lines.ts';

function linesOf(chunks: readonly Buffer[], maxLength?: number): string[] {
  const lines: string[] = [];
  const split = lineSplitter((line) => lines.push(line), maxLength);
  for (const chunk of chunks) split(chunk);
  return lines;
}

describe('lineSplitter', () => {
  it('gives the same lines however the bytes arrive', () => {
    const bytes = Buffer.from('erste Zeile\nzwölf Boxkämpfer\n\nunfinished');
    const whole = linesOf([bytes]);
    expect(whole).to.deep.equal(['erste Zeile', 'zwölf Boxkämpfer', '']);
    expect(linesOf([...bytes].map((byte) => Buffer.from([byte])))).to.deep.equal(whole);
  });

  it('does not hold a line for ever that has no end', () => {
    expect(linesOf([Buffer.from('x'.repeat(25))], 10)).to.deep.equal(['x'.repeat(10)]);
    expect(linesOf([Buffer.from(`${'x'.repeat(25)}\n`)], 10)).to.deep.equal(['x'.repeat(10)]);
  });
});
