import { expect } from 'chai';
import { judgeLock } from '../../lab/nfs-lock.ts';
import type { LockFacts } from '../../lab/nfs-lock.ts';
import { lockFacts } from '../fixtures/lock.ts';

const judged = (changes: Partial<LockFacts>): [string, string] => {
  const { outcome, reason } = judgeLock(lockFacts(changes));
  return [outcome, reason];
};
const granted = (startMs: number, endMs: number) => ({ startMs, endMs, result: 'granted' });

describe('a lock', () => {
  it('is kept when it was refused to the end and free once it was given back', () => {
    expect(judgeLock(lockFacts())).to.deep.equal({
      holder: 'sv01',
      contender: 'sv02',
      outcome: 'kept',
      reason: 'sv02 was refused 3 times, last at 60.0 s, and got it once sv01 had given it back',
      takenMs: 1000,
      lostMs: null,
      releasedMs: 60_500,
      tries: lockFacts().tries,
    });
  });

  it('is lost from the first moment at which another client got it', () => {
    const tries = [granted(31_000, 31_200), granted(36_000, 36_100)];
    expect(judgeLock(lockFacts({ tries, lastTry: tries[1] ?? null })).lostMs).to.equal(31_200);
    expect(judged({ tries })).to.deep.equal([
      'lost',
      'sv02 got it at 31.2 s, while sv01 held it since 1.0 s',
    ]);
  });

  it('is not lost by what happened before it was taken, or after its holder was gone', () => {
    expect(judged({ tries: [granted(100, 900)], takenMs: 1000 })[0]).to.equal('kept');
    expect(judged({ tries: [granted(20_000, 21_000)], holderEndedMs: 15_000 })).to.deep.equal([
      'unknown',
      'the program on sv01 that held it ended at 15.0 s',
    ]);
  });

  for (const option of ['nolock', 'local_lock=all', 'local_lock=posix'])
    it(`is the client's own affair with ${option}, whoever else gets it`, () => {
      const facts = { mountOptions: `rw,${option},hard`, tries: [granted(2000, 2010)] };
      expect(judged(facts)[0]).to.equal('local');
      expect(judgeLock(lockFacts(facts)).lostMs).to.equal(null);
    });

  it('of flock(2) alone may be local: that of fcntl(2) is not', () => {
    expect(judged({ mountOptions: 'rw,local_lock=flock' })[0]).to.equal('kept');
  });

  for (const [what, facts, reason] of [
    ['nobody was asked', { takenMs: null }, 'sv01 did not get it: no answer came'],
    ['it was refused at first', { takenMs: null, refusal: 'ENOLCK' }, 'sv01 did not get it: ENOLCK'],
    ['there is one client', { contender: null }, 'there is no other client that could try to get it'],
    [
      'the one that tried is gone',
      { contenderEndedMs: 20_000, lastTry: null, released: null, tryAfterRelease: null },
      'the program on sv02 that tried to get it ended at 20.0 s',
    ],
    ['the last try had no answer', { lastTry: null }, 'sv02 had no answer to its last try'],
    [
      'the last try failed',
      { lastTry: { startMs: 1, endMs: 2, result: 'EIO' } },
      'the last try of sv02 ended with EIO',
    ],
    [
      'the server contradicts itself',
      { lastTry: { startMs: 1, endMs: 2, result: 'disputed' } },
      'the last try of sv02 ended with disputed',
    ],
    ['the holder is mute', { released: null }, 'sv01 did not answer when it was to give it back'],
    [
      'nobody got it afterwards',
      { tryAfterRelease: null },
      'given back, it still was not to be had (no answer), so refusals prove nothing',
    ],
  ] as [string, Partial<LockFacts>, string][])
    it(`is unknown when ${what}`, () => {
      expect(judged(facts)).to.deep.equal(['unknown', reason]);
    });
});
