import { expect } from 'chai';
import { UsageError } from '../../../lab/errors.ts';
import type { NightCell } from '../../../lab/night.ts';
import { usualSeconds } from '../../../lab/nightly/estimate.ts';
import { parseShard, splitCells } from '../../../lab/nightly/shard.ts';
import { exampleCell } from '../../fixtures/night-plans.ts';

const cells = ['a', 'b', 'c', 'd', 'e'].flatMap((stack, i) =>
  ['hard-halt', 'link-flap', 'split-brain', 'standby-loss', 'graceful-stop', 'x', 'y', 'z'].map((scenario) =>
    exampleCell(stack, scenario, { repeats: 1 + (i % 3) }),
  ),
);

function secondsOf(part: readonly NightCell[]): number {
  const labs = new Set(part.map(({ stack }) => stack));
  return part.reduce(
    (sum, cell) => sum + cell.repeats * usualSeconds(cell).runSeconds,
    labs.size * usualSeconds({ scenario: 'x' }).provisionSeconds,
  );
}

describe('a shard', () => {
  it('is one of several parts', () => {
    expect(parseShard('2/3')).to.deep.equal({ index: 2, of: 3 });
    expect(parseShard('1/1')).to.deep.equal({ index: 1, of: 1 });
  });

  for (const text of ['', '1', '0/3', '4/3', '1/0', '-1/3', '1/3/5', ' 1/3', 'a/b', '1/101'])
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(() => parseShard(text)).to.throw(UsageError, /not a part of a whole/);
    });
});

describe('splitting a night', () => {
  for (const of of [1, 2, 3, 4, 7, 40, 100])
    it(`into ${String(of)} loses nothing and has nothing twice`, () => {
      const parts = splitCells(cells, of);
      expect(parts).to.have.length(of);
      expect(
        parts
          .flat()
          .map(({ key }) => key)
          .sort(),
      ).to.deep.equal(cells.map(({ key }) => key).sort());
    });

  it('makes parts that take about as long', () => {
    const lengths = splitCells(cells, 3).map(secondsOf);
    expect(Math.max(...lengths) / Math.min(...lengths)).to.be.lessThan(1.15);
  });

  it('keeps a lab in one part where that takes no longer', () => {
    const even = ['a', 'b', 'c'].flatMap((stack) =>
      ['x', 'y', 'z'].map((scenario) => exampleCell(stack, scenario)),
    );
    for (const part of splitCells(even, 3)) expect(new Set(part.map(({ stack }) => stack)).size).to.equal(1);
  });

  it('does not depend on what this host has measured, nor on the order of the cells', () => {
    const measured = cells.map((cell, i) => ({
      ...cell,
      estimate: { runSeconds: 1000 - i, provisionSeconds: 0, from: 'history' },
    }));
    const keys = (parts: NightCell[][]) => parts.map((part) => part.map(({ key }) => key).sort());
    expect(keys(splitCells(measured, 4))).to.deep.equal(keys(splitCells(cells, 4)));
    expect(keys(splitCells([...cells].reverse(), 4))).to.deep.equal(keys(splitCells(cells, 4)));
  });

  it('splits a single lab where there is no other', () => {
    const one = ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'].map((scenario) => exampleCell('a', scenario));
    expect(splitCells(one, 2).map((part) => part.length)).to.deep.equal([4, 4]);
  });
});
