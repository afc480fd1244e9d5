import { expect } from 'chai';
import { InterruptedError, TimeoutError, UsageError } from '../../lab/errors.ts';
import { pause, waitFor, within } from '../../lab/wait.ts';
import type { Seen } from '../../lab/wait.ts';

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it was expected to fail');
}

function elapsedSince(startMs: number): number {
  return performance.now() - startMs;
}

const never = (): Promise<never> => new Promise<never>(() => undefined);

describe('waitFor', () => {
  it('returns the value as soon as the condition holds', async () => {
    let looks = 0;
    const look = (): Promise<Seen<string>> => {
      looks += 1;
      return Promise.resolve(looks < 3 ? { done: false, state: 'not yet' } : { done: true, value: 'here' });
    };
    expect(await waitFor('it', look, { timeoutMs: 2000, everyMs: 1 })).to.equal('here');
    expect(looks).to.equal(3);
  });

  it('gives up at its bound and tells what it awaited and the last state', async () => {
    const states = ['Connecting', 'WFConnection'];
    let looks = 0;
    const look = (): Promise<Seen<never>> =>
      Promise.resolve({ done: false, state: states[Math.min(looks++, 1)] ?? '' });
    const startMs = performance.now();
    const error = await errorOf(waitFor('DRBD to be Connected', look, { timeoutMs: 60, everyMs: 10 }));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(String(error)).to.include('waited 0.1 s for DRBD to be Connected; last seen: WFConnection');
    expect(elapsedSince(startMs)).to.be.within(59, 1000);
  });

  it('looks a last time when the time is up', async () => {
    const startMs = performance.now();
    const look = (): Promise<Seen<string>> =>
      Promise.resolve(
        elapsedSince(startMs) > 40 ? { done: true, value: 'late' } : { done: false, state: 'no' },
      );
    expect(await waitFor('it', look, { timeoutMs: 50, everyMs: 10_000 })).to.equal('late');
  });

  it('takes a look that throws for a state', async () => {
    const look = (): Promise<never> => Promise.reject(new Error('connection refused'));
    const error = await errorOf(waitFor('nfs01', look, { timeoutMs: 10, everyMs: 5 }));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(String(error)).to.include('last seen: connection refused');
  });

  it('gives up a look that never answers', async () => {
    const startMs = performance.now();
    const error = await errorOf(waitFor('nfs01', never, { timeoutMs: 20 }));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(String(error)).to.include('a look that did not answer');
    expect(elapsedSince(startMs)).to.be.lessThan(1000);
  });

  it('tells the state before a look that never answered', async () => {
    let looks = 0;
    const look = (): Promise<Seen<never>> => {
      looks += 1;
      return looks === 1 ? Promise.resolve({ done: false, state: 'booting' }) : never();
    };
    const error = await errorOf(waitFor('nfs01', look, { timeoutMs: 20, everyMs: 1 }));
    expect(String(error)).to.include('did not answer; before that: booting');
  });

  it('is not ended by an abandoned look that fails later', async () => {
    let fail: (error: Error) => void = () => undefined;
    const look = (): Promise<never> =>
      new Promise((_, reject) => {
        fail = reject;
      });
    await errorOf(waitFor('nfs01', look, { timeoutMs: 5 }));
    fail(new Error('too late'));
    await pause(1);
  });

  it('passes a usage error on at once', async () => {
    const look = (): Promise<never> => Promise.reject(new UsageError('there is no node nfs03'));
    const error = await errorOf(waitFor('nfs03', look, { timeoutMs: 5000 }));
    expect(error).to.be.instanceOf(UsageError);
  });

  it('ends at once when it is interrupted, between looks and during one', async () => {
    for (const look of [never, () => Promise.resolve({ done: false, state: 'no' } as const)]) {
      const abort = new AbortController();
      const startMs = performance.now();
      const waiting = errorOf(waitFor('it', look, { timeoutMs: 5000, everyMs: 5000, signal: abort.signal }));
      setImmediate(() => {
        abort.abort();
      });
      expect(await waiting).to.be.instanceOf(InterruptedError);
      expect(elapsedSince(startMs)).to.be.lessThan(1000);
    }
  });

  it('does not look at all when it was interrupted before', async () => {
    let looks = 0;
    const look = (): Promise<Seen<null>> => {
      looks += 1;
      return Promise.resolve({ done: true, value: null });
    };
    const error = await errorOf(waitFor('it', look, { timeoutMs: 50, signal: AbortSignal.abort() }));
    expect(error).to.be.instanceOf(InterruptedError);
    expect(looks).to.equal(0);
  });
});

describe('pause', () => {
  it('ends early with an interruption', async () => {
    const abort = new AbortController();
    const pausing = errorOf(pause(5000, abort.signal));
    abort.abort();
    expect(await pausing).to.be.instanceOf(InterruptedError);
  });
});

describe('within', () => {
  it('hands the value or the error of the work on', async () => {
    expect(await within('it', 1000, Promise.resolve(7))).to.equal(7);
    const error = await errorOf(within('it', 1000, Promise.reject(new Error('broken'))));
    expect(String(error)).to.include('broken');
  });

  it('fires at its bound', async () => {
    const error = await errorOf(within('QMP to greet', 10, never()));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(String(error)).to.include('for QMP to greet; last seen: no answer');
  });
});
