import { judgeLock, noNfsLock } from '../../../../lab/nfs-lock.ts';
import type { RunRecord } from '../../../../lab/record.ts';
import { lockFacts } from '../../../fixtures/lock.ts';
import { exampleRecord } from '../../../fixtures/record.ts';
import type { CheckCases } from '../check-cases.ts';

const withLock = (facts: Parameters<typeof lockFacts>[0]): RunRecord =>
  exampleRecord({ locks: judgeLock(lockFacts(facts)) });

export const cases: CheckCases = {
  passes: [
    {
      what: 'a lock that was kept',
      record: withLock({}),
      says: 'sv02 was refused 3 times, last at 60.0 s, and got it once sv01 had given it back',
    },
    {
      what: 'locks that never reach the server',
      record: withLock({ mountOptions: 'rw,vers=3,nolock,local_lock=all' }),
      says: 'not held on the server: sv01 has it mounted with nolock',
    },
    { what: 'clients without NFS', record: exampleRecord({ locks: noNfsLock }), says: 'mount no NFS' },
  ],
  condemns: [
    {
      what: 'a lock that another client got',
      record: withLock({ tries: [{ startMs: 29_000, endMs: 30_200, result: 'granted' }] }),
      says: 'a lock was lost: sv02 got it at 30.2 s, while sv01 held it since 1.0 s',
    },
    {
      what: 'a lock that could not be given back',
      record: withLock({ released: { atMs: 61_000, error: 'ENOLCK' } }),
      says: 'sv01 could not give it back: ENOLCK',
    },
  ],
  leavesUnknown: [
    {
      what: 'a record of times in which nobody looked',
      record: exampleRecord({ locks: null }),
      says: 'nobody looked',
    },
    {
      what: 'refusals that prove nothing',
      record: withLock({ tryAfterRelease: { startMs: 61_100, endMs: 61_200, result: 'refused' } }),
      says: 'still was not to be had (refused)',
    },
  ],
};
