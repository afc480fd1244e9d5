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

function withClock(node: string, change: { readings?: number; uncertaintyMs?: number }): RunRecord {
  const record = exampleRecord();
  const clocks = record.clocks.map((clock) => (clock.node === node ? { ...clock, ...change } : clock));
  return { ...record, clocks };
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
      what: 'a fault before anything was watched',
      record: exampleRecord({
        faults: exampleRecord().faults.map((fault) => ({ ...fault, injectedMs: 50 })),
      }),
      says: 'sv01 had 1 operations before the fault',
    },
    { what: 'a run without clients', record: brokenRecord(), says: 'no client wrote' },
  ],
};
