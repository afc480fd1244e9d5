import { expect } from 'chai';
import { othersBetween, startHostLoad, type Ticks } from '../../../lab/run/host-load.ts';
import { startJournal } from '../../../lab/run/journal.ts';

function ticks(total: number, idle: number, steal: number, own: Record<number, number>): Ticks {
  return { total, idle, steal, own: new Map(Object.entries(own).map(([pid, of]) => [Number(pid), of])) };
}

describe('what other programs of this host take', () => {
  const before = ticks(1000, 100, 10, { 1: 200, 2: 50 });

  it('is what is neither the lab’s, nor idle, nor stolen', () => {
    const now = ticks(2000, 200, 60, { 1: 700, 2: 150 });
    expect(othersBetween(before, now)).to.deep.equal({ share: 0.25, idle: 0.1 });
  });

  it('does not count a process of the lab that has begun since', () => {
    const now = ticks(2000, 100, 10, { 1: 700, 2: 150, 3: 400 });
    expect(othersBetween(before, now)).to.deep.equal({ share: 0, idle: 0 });
  });

  it('is unknown when one has ended, whose time would look like that of others, or when no time has passed', () => {
    expect(othersBetween(before, ticks(2000, 200, 10, { 1: 700 }))).to.equal(undefined);
    expect(othersBetween(before, before)).to.equal(undefined);
  });

  it('is never less than nothing, whatever the rounding of ticks makes of it', () => {
    expect(othersBetween(before, ticks(1010, 100, 10, { 1: 209, 2: 52 }))?.share).to.equal(0);
  });

  it('is watched from this host’s own figures, and not said where nobody knows the lab’s processes', async () => {
    const known = await startHostLoad(
      { hostProcesses: () => Promise.resolve([process.ppid]) },
      startJournal(),
    );
    const unknown = await startHostLoad({}, startJournal());
    const until = performance.now() + 60;
    while (performance.now() < until);
    const { steal, others } = await known.stop();
    expect(steal).to.have.length(1);
    expect(others).to.have.length(1);
    for (const { share, idle } of others ?? []) expect(share + idle).to.be.within(0, 1.001);
    expect((await unknown.stop()).others).to.equal(null);
  });
});
