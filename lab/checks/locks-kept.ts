import type { Check, Judgement } from '../check.ts';
import type { RunRecord } from '../record.ts';

/** A client that held a lock through the run still held it at the end, and nobody else got it meanwhile. */
export const locksKept: Check = {
  name: 'locks-kept',
  judge({ locks }: RunRecord): Judgement {
    if (locks === null) return { verdict: 'unknown', message: 'nobody looked what became of locks' };
    switch (locks.outcome) {
      case 'kept':
      case 'local':
      case 'none':
        return { verdict: 'pass', message: locks.reason };
      case 'lost':
        return { verdict: 'fail', message: `a lock was lost: ${locks.reason}` };
      case 'unknown':
        return { verdict: 'unknown', message: `what became of the lock is not known: ${locks.reason}` };
    }
  },
};
