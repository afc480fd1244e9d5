import { expect } from 'chai';
import { Rules } from '../../../lab/judgement.ts';
import { ratesOf, usualSystem, type Rates } from '../../fixtures/simulated-nights.ts';

/** What a rule set has to do in a small simulation; `npm run bench -- judgement` is the large one. */
function complaints({ nights, falseAlarms, detected }: Rates): string[] {
  return [
    ...(falseAlarms > nights / 20 ? [`${String(falseAlarms)} false alarms in ${String(nights)} nights`] : []),
    ...(detected < 0.9 ? [`${(100 * detected).toFixed(0)} % found`] : []),
  ];
}

describe('the rules on made-up nights of 40 cells', function () {
  this.timeout(60_000);
  const noisy = { ...usualSystem, noise: 0.1 };
  const counts = { unchanged: 12, changed: 6 };

  it('keep to the goals with noise of ±5 %', () => {
    expect(complaints(ratesOf(7, usualSystem, Rules.parse({}), counts))).to.deep.equal([]);
  });

  it('condemn a rule set that calls every shift a regression', () => {
    const rules = Rules.parse({
      shiftShare: 0.02,
      shiftSeconds: 0.1,
      nightShare: 0,
      falseAlarmsPerNight: 1,
      confirmRepeats: 0,
    });
    expect(complaints(ratesOf(7, noisy, rules, counts))[0]).to.contain('false alarms');
  });

  it('condemn a rule set that misses what it should find', () => {
    const rules = Rules.parse({ confirmRepeats: 0 });
    expect(complaints(ratesOf(7, noisy, rules, { unchanged: 1, changed: 4 })).at(-1)).to.match(
      /^\d+ % found$/,
    );
  });
});
