import type { RunRecord } from '../../../../lab/record.ts';
import { brokenRecord } from '../../../fixtures/bad-records.ts';
import { exampleRecord } from '../../../fixtures/record.ts';
import { withClients } from '../check-cases.ts';
import type { CheckCases } from '../check-cases.ts';

/** The example record, its writers late by so much in each of their operations before the fault. */
function late(lateMs: (operation: number) => number): RunRecord {
  return withClients(({ samples }) => ({
    samples: {
      ...samples,
      startMs: samples.dueMs.map((due, i) => (due < 5000 ? due + lateMs(i) : (samples.startMs[i] ?? due))),
    },
  }));
}

/** The same, after the writers had warmed up at so many ms. */
function warmAt(atMs: number, record: RunRecord): RunRecord {
  const warm = {
    atMs,
    uncertaintyMs: 0,
    source: 'lab',
    kind: 'schedule-kept',
    text: 'every client keeps its schedule',
  } as const;
  return { ...record, events: [warm, ...record.events] };
}

function withClock(node: string, change: { readings?: number; uncertaintyMs?: number }): RunRecord {
  const record = exampleRecord();
  const clocks = record.clocks.map((clock) => (clock.node === node ? { ...clock, ...change } : clock));
  return { ...record, clocks };
}

type Load = NonNullable<RunRecord['load']>;

/** The example record, watched: its failover's stall is from about 5.1 to 33.6 s, the first fault at 5 s. */
function watched(load: Partial<Load>): RunRecord {
  return exampleRecord({
    load: {
      watchdogs: [{ of: 'nfs02', everyMs: 200, wakes: 700, worstLateMs: 120 }],
      late: [],
      steal: [{ fromMs: 0, toMs: 152_000, share: 0.01 }],
      others: [{ fromMs: 0, toMs: 152_000, share: 0.02, idle: 0.3 }],
      ...load,
    },
  });
}

export const cases: CheckCases = {
  passes: [
    {
      what: 'known clocks and writers on schedule',
      record: exampleRecord(),
      says: 'the clock of nfs02 is known to ±1.5 ms, the others better; sv01 kept its schedule',
    },
    {
      what: 'writers that are late after the fault only',
      record: late(() => 0),
      says: '0.0 % of its undisturbed operations more than 100 ms late',
    },
    {
      what: 'an operation that is late once',
      record: late((i) => (i === 9 ? 400 : 0)),
      says: 'the worst 400 ms',
    },
    {
      what: 'writers that were late only until they had warmed up',
      record: warmAt(
        2000,
        late((i) => (i < 20 ? 1500 : 0)),
      ),
      says: 'the worst 0 ms',
    },
    {
      what: 'a lab whose watchdogs woke in time',
      record: watched({}),
      says: 'nfs02 woke in time, 120 ms late at worst',
    },
    {
      what: 'wakes in a stall that are late, but not by much',
      record: watched({ late: [{ of: 'nfs02', atMs: 20_000, lateMs: 900 }] }),
      says: 'woke in time',
    },
    {
      what: 'a standstill outside of what is measured',
      record: watched({ late: [{ of: 'nfs01', atMs: 60_000, lateMs: 4000 }] }),
      says: 'woke in time',
    },
    {
      what: 'steal outside of a stall',
      record: watched({ steal: [{ fromMs: 60_000, toMs: 65_000, share: 0.6 }] }),
      says: 'woke in time',
    },
    {
      what: 'programs of this host that took only what was idle, or outside of a stall',
      record: watched({
        others: [
          { fromMs: 20_000, toMs: 25_000, share: 0.6, idle: 0.06 },
          { fromMs: 60_000, toMs: 65_000, share: 0.6, idle: 0 },
        ],
      }),
      says: 'woke in time',
    },
    {
      what: 'a lab that nobody watched',
      record: watched({ watchdogs: [] }),
      says: 'nobody watched for starvation',
    },
  ],
  // What this check condemns is the measurement, not the cluster: its worst word is `unknown`.
  condemns: [],
  leavesUnknown: [
    {
      what: 'a host from which its hypervisor kept the processor',
      record: exampleRecord({ host: { ...exampleRecord().host, steal: '14.2 %' } }),
      says: 'its hypervisor kept 14.2 % of the processor time',
    },
    {
      what: 'a server that had no processor in the stall',
      record: watched({ late: [{ of: 'nfs02', atMs: 20_000, lateMs: 1400 }] }),
      says: 'nfs02 stood still for 1.400 s up to 20.000 s, in failover',
    },
    {
      what: 'a fabric that stood still in the stall',
      record: watched({ late: [{ of: 'fabric', atMs: 20_000, lateMs: 1400 }] }),
      says: 'fabric stood still for 1.400 s',
    },
    {
      what: 'a node that stood still before the first fault',
      record: watched({ late: [{ of: 'sv01', atMs: 3000, lateMs: 1400 }] }),
      says: 'in the time before the first fault',
    },
    {
      what: 'a server that was kept from its processor again and again in the stall',
      record: watched({
        late: Array.from({ length: 6 }, (_, i) => ({ of: 'nfs02', atMs: 10_000 + 2000 * i, lateMs: 600 })),
      }),
      says: 'nfs02 was kept from its processor for 3.600 s of the 28.412 s of failover',
    },
    {
      what: 'a host whose hypervisor took the processor in the stall, though not over the whole run',
      record: watched({ steal: [{ fromMs: 20_000, toMs: 25_000, share: 0.4 }] }),
      says: 'kept 40 % of the processor time from it for some seconds in failover',
    },
    {
      what: 'a host whose other programs took the processor in the stall',
      record: watched({ others: [{ fromMs: 20_000, toMs: 25_000, share: 0.4, idle: 0.01 }] }),
      says: 'other programs of this host took 40 % of its processor time for some seconds in failover, and none was idle',
    },
    {
      what: 'a clock that is hardly known',
      record: withClock('nfs02', { uncertaintyMs: 80 }),
      says: 'the clock of nfs02 is known to ±80.0 ms, worse than 50 ms',
    },
    {
      what: 'a client whose clock was never read',
      record: withClock('sv02', { readings: 0 }),
      says: 'the clock of sv02 was never read',
    },
    {
      what: 'no clock at all',
      record: exampleRecord({ clocks: [] }),
      says: 'the clock of sv01 was never read',
    },
    {
      what: 'a host that is too slow for the schedule',
      record: late((i) => 20 * i),
      says: 'sv01 fell behind its schedule before anything was broken',
    },
    {
      what: 'a host that stood still once',
      record: late((i) => (i === 9 ? 1500 : 0)),
      says: 'the worst 1500 ms',
    },
    {
      what: 'a writer that fell behind after it had warmed up',
      record: warmAt(
        2000,
        late((i) => (i < 20 ? 0 : 20 * i)),
      ),
      says: 'sv01 fell behind its schedule before anything was broken',
    },
    {
      what: 'writers that warmed up just before the fault',
      record: warmAt(4500, exampleRecord()),
      says: 'sv01 had 5 operations before the fault, too few',
    },
    {
      what: 'a fault before anything was watched',
      record: exampleRecord({
        faults: exampleRecord().faults.map((fault) => ({ ...fault, injectedMs: 50 })),
      }),
      says: 'sv01 had 1 operations before the fault',
    },
    { what: 'a run without clients', record: brokenRecord(), says: 'no client wrote' },
  ],
};
