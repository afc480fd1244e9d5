import { expect } from 'chai';
import type { ClientResult } from '../../../lab/record.ts';
import { errorStretchesOf, failingMsWithin } from '../../../reports/failing.ts';

/** Operations that ended at these times with this error, and one acknowledgement at 20 s. */
function client(...failed: [endMs: number, error: string][]): Pick<ClientResult, 'samples'> {
  const all: [number, string | null][] = [...failed, [20_000, null]];
  const endMs = all.map(([ms]) => ms);
  return {
    samples: { intervalMs: 100, dueMs: endMs, startMs: endMs, endMs, error: all.map(([, error]) => error) },
  };
}

describe('stretches of errors', () => {
  it('last from the first error to the last, and end where none came for a second', () => {
    const failing = client([1000, 'EACCES'], [1900, 'EACCES'], [2800, 'EACCES'], [3801, 'EACCES']);
    expect(errorStretchesOf(failing)).to.deep.equal([
      { error: 'EACCES', fromMs: 1000, toMs: 2800, operations: 3 },
      { error: 'EACCES', fromMs: 3801, toMs: 3801, operations: 1 },
    ]);
    expect(failingMsWithin(failing, 0, 20_000)).to.equal(1800);
    expect(failingMsWithin(failing, 1500, 2500)).to.equal(1000);
  });

  it('of kinds that alternate are told by kind, and are one time', () => {
    const failing = client([1000, 'EIO'], [1500, 'ESTALE'], [2000, 'EIO'], [2500, 'ESTALE']);
    expect(errorStretchesOf(failing)).to.deep.equal([
      { error: 'EIO', fromMs: 1000, toMs: 2000, operations: 2 },
      { error: 'ESTALE', fromMs: 1500, toMs: 2500, operations: 2 },
    ]);
    expect(failingMsWithin(failing, 0, 20_000)).to.equal(1500);
  });

  it('are no time at all where the client was kept waiting for each error', () => {
    const patient = client([8000, 'EIO'], [16_000, 'EIO']);
    expect(errorStretchesOf(patient)).to.have.length(2);
    expect(failingMsWithin(patient, 0, 20_000)).to.equal(0);
  });

  it('are none without errors', () => {
    expect(errorStretchesOf(client())).to.deep.equal([]);
  });
});
