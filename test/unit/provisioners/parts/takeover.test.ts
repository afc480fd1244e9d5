import { expect } from 'chai';
import type { Budget } from '../../../../lab/stack.ts';
import { budgetOf } from '../../../../provisioners/parts/takeover.ts';

describe('the budget of a takeover, from its terms', () => {
  const term = (seconds: number): Budget['terms'][number] => ({
    name: String(seconds),
    seconds,
    from: 'a test',
  });

  it('has each term in tenths of a second, upwards, and their sum', () => {
    const budget = budgetOf([term(0.10416), term(42.604166), term(44.39583)]);
    expect(budget.terms.map(({ seconds }) => seconds)).to.deep.equal([0.2, 42.7, 44.4]);
    expect(budget.seconds).to.equal(87.3);
  });

  it('leaves tenths as they are, also those that binary fractions miss', () => {
    const budget = budgetOf([term(0.1 + 0.2), term(4.8), term(0)]);
    expect(budget.terms.map(({ seconds }) => seconds)).to.deep.equal([0.3, 4.8, 0]);
    expect(budget.seconds).to.equal(5.1);
  });
});
