import { expect } from 'chai';
import { InterruptedError, TimeoutError } from '../../../lab/errors.ts';
import type { RunningProbe } from '../../../lab/probe.ts';
import { caughtUp, keepSchedule, tooSlow, writing } from '../../../lab/run/writers.ts';
import { failureOf } from '../../fakes/failure.ts';
import { fakeLab } from '../../fakes/lab.ts';
import { fakeWriters } from '../../fakes/stack.ts';

const { signal } = new AbortController();
const bounds = { timeoutMs: 30, signal };

async function writer(changes: Partial<RunningProbe>): Promise<RunningProbe> {
  const workload = { kind: 'nfs-append', directory: '/mnt', intervalMs: 10 } as const;
  return await fakeWriters(changes).startProbe(fakeLab().lab, 'sv01', workload, 0);
}

describe('waiting for the writers', () => {
  it('ends when each keeps its schedule', async () => {
    await keepSchedule([await writer({ behindMs: 40 }), await writer({ behindMs: 200 })], 100, signal, 30);
    await keepSchedule(
      [await writer({ behindMs: 40 }), await writer({ behindMs: 9000, away: true })],
      100,
      signal,
      30,
    );
    await caughtUp([await writer({ behindMs: 500 })], bounds);
    await writing([await writer({})], bounds);
  });

  it('does not take a first write in time for a schedule that is kept', async () => {
    const late = await keepSchedule([await writer({ acknowledged: 4, behindMs: 40 })], 100, signal, 30);
    expect(late).to.contain('last seen: sv01: 4 writes acknowledged');
  });

  it('names a writer that cannot keep its schedule, and does not wait for ever', async () => {
    const probes = [await writer({ behindMs: 40 }), await writer({ behindMs: 24_100 })];
    expect(await keepSchedule(probes, 100, signal, 30)).to.contain(
      'the clients to keep their schedule; last seen: sv01: 24.1 s behind',
    );
  });

  it('takes no client for one in time that is later than two intervals', async () => {
    const late = await keepSchedule([await writer({ behindMs: 201 })], 100, signal, 30);
    expect(late).to.contain('sv01: 0.2 s behind');
  });

  it('is bounded when clients do not catch up, or never wrote', async () => {
    for (const [behindMs, says] of [
      [501, 'sv01: 0.5 s behind'],
      [undefined, 'sv01: nothing acknowledged'],
    ] as const) {
      const error = await failureOf(caughtUp([await writer({ behindMs })], bounds));
      expect(error).to.be.instanceOf(TimeoutError);
      expect(error.message).to.contain(says);
    }
  });

  it('ends when a client writes at a pace at which it never catches up, and says who it is', async () => {
    let nowMs = 0;
    const probe = await writer({ acknowledged: 0, behindMs: 60_000 });
    const slow = await caughtUp(
      [
        {
          ...probe,
          get acknowledged() {
            return nowMs / 100;
          },
          get behindMs() {
            return 60_000 - nowMs / 100;
          },
        },
      ],
      { timeoutMs: 176_000, signal },
      () => (nowMs += 8000),
    );
    expect(slow).to.equal('sv01: 59.8 s behind');
  });

  describe('tell a pace', () => {
    const then = { atMs: 0, behindMs: 60_000, acknowledged: 100 };
    const after = (ms: number, behindMs: number, acknowledged = 500) => ({
      atMs: ms,
      behindMs,
      acknowledged,
    });

    it('that is too slow: nothing gained, or not enough of it for the time that is left', () => {
      expect(tooSlow(then, after(15_000, 60_000), 600_000)).to.equal(true);
      expect(tooSlow(then, after(15_000, 75_000), 600_000)).to.equal(true);
      expect(tooSlow(then, after(20_000, 55_000), 219_000)).to.equal(true);
    });

    it('that is quick enough, too short to judge, or none since nothing is written', () => {
      expect(tooSlow(then, after(20_000, 55_000), 220_000)).to.equal(false);
      expect(tooSlow(then, after(14_999, 60_000), 100)).to.equal(false);
      expect(tooSlow(then, after(20_000, 60_000, 119), 100)).to.equal(false);
    });
  });

  it('notices at once when a writer ended, and when it is interrupted', async () => {
    const gone = await writer({ acknowledged: 0, behindMs: 900, ended: true });
    const long = { timeoutMs: 60_000, signal };
    for (const wait of [keepSchedule([gone], 100, signal), caughtUp([gone], long), writing([gone], long)])
      expect((await failureOf(wait)).message).to.equal('the writer on sv01 ended by itself');
    const late = await writer({ behindMs: 900 });
    expect(await failureOf(keepSchedule([late], 100, AbortSignal.abort()))).to.be.instanceOf(
      InterruptedError,
    );
  });
});
