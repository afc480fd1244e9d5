import { expect } from 'chai';
import type { Window } from '../../../lab/record.ts';
import { phaseParts } from '../../../reports/phase-parts.ts';
import { exampleRecord } from '../../fixtures/record.ts';

function windowOf(name: string): Window {
  const window = exampleRecord().windows.find((each) => each.name === name);
  if (window === undefined) throw new Error(`the fixture has no ${name}`);
  return window;
}

const shownMs = (window: Pick<Window, 'phases' | 'stallSeconds'>): number =>
  phaseParts(window).reduce((total, part) => total + (part.ms ?? 0), 0);

describe('the parts of a stall', () => {
  it('add up to the stall of the record', () => {
    for (const window of exampleRecord().windows)
      expect(shownMs(window)).to.equal(Math.round((window.stallSeconds ?? 0) * 1000));
  });

  it('add up as they are shown, also where every phase alone would round down', () => {
    const failover = windowOf('failover');
    const phases = failover.phases.slice(0, 3).map((phase) => ({ ...phase, seconds: 1.0004 }));
    expect(phaseParts({ phases, stallSeconds: 3.0012 }).map((part) => part.ms)).to.deep.equal([
      1000, 1001, 1000,
    ]);
  });

  it('show time that no phase explains as not attributed', () => {
    const failover = windowOf('failover');
    const parts = phaseParts({ ...failover, phases: failover.phases.slice(0, 2) });
    expect(parts.at(-1)).to.include({ name: 'not attributed', ms: 17_446, observed: false });
    expect(shownMs({ ...failover, phases: [] })).to.equal(28_412);
  });

  it('tell where the time of an unobserved phase went', () => {
    const address = phaseParts(windowOf('failback')).find((part) => part.name === 'address');
    expect(address).to.include({ ms: null, observed: false, insideOf: 'promote', share: 0 });
  });

  it('are none where there is neither stall nor phase', () => {
    expect(phaseParts({ phases: [], stallSeconds: null })).to.deep.equal([]);
    expect(phaseParts({ phases: [], stallSeconds: 0 })).to.deep.equal([]);
  });
});
