import {
  brokenRecord,
  recordOverBudget,
  recordWithOpenStall,
  recordWithSilentClient,
} from '../../../fixtures/bad-records.ts';
import { exampleRecord } from '../../../fixtures/record.ts';
import { withWindow } from '../check-cases.ts';
import type { CheckCases } from '../check-cases.ts';

export const cases: CheckCases = {
  passes: [
    {
      what: 'a failover and a failback within their budgets',
      record: exampleRecord(),
      says: 'sv02 waited longest in failover: 28.4 s, within the budget of 45.0 s (detect 12 + take over 18 + reconnect 15)',
    },
    {
      what: 'a stall of exactly the budget',
      record: withWindow('failover', (window) => ({ budget: { ...window.budget, seconds: 28.412 } })),
      says: '28.4 s',
    },
    {
      what: 'a client that was broken itself',
      record: withWindow('failover', (window) => ({
        without: 'sv02',
        stalls: window.stalls.filter(({ client }) => client !== 'sv02'),
      })),
      says: 'sv01 waited longest in failover',
    },
  ],
  condemns: [
    {
      what: 'a failover over its budget',
      record: recordOverBudget(),
      says: '8.4 s over the budget of 20.0 s',
    },
    {
      what: 'a failback over its budget',
      record: withWindow('failback', (window) => ({ budget: { ...window.budget, seconds: 12 } })),
      says: 'sv01 waited 12.0 s in failback, 0.046 s over the budget of 12.0 s',
    },
    {
      what: 'one client over the budget beside one within it',
      record: withWindow('failover', (window) => ({ budget: { ...window.budget, seconds: 28.4 } })),
      says: 'sv02 waited 28.4 s in failover, 0.012 s over',
    },
    {
      what: 'clients that never wrote again, before the budget was used up',
      record: recordWithOpenStall(),
      says: 'had not written again when failover ended',
    },
    {
      what: 'a stall over budget beside a client that wrote nothing',
      record: {
        ...recordWithSilentClient(),
        windows: recordWithSilentClient().windows.map((window) => ({
          ...window,
          budget: { ...window.budget, seconds: 5 },
        })),
      },
      says: 'sv01 waited 28.3 s in failover',
    },
  ],
  leavesUnknown: [
    { what: 'a run without a window', record: brokenRecord(), says: 'no window was measured' },
    {
      what: 'a client that acknowledged nothing',
      record: recordWithSilentClient(),
      says: 'sv02 has no stall in failover: it acknowledged nothing',
    },
    {
      what: 'a window without a stall',
      record: withWindow('failback', () => ({ stalls: [], worst: null, stallSeconds: null })),
      says: 'sv01 has no stall in failback',
    },
    {
      what: 'a window without clients',
      record: {
        ...withWindow('failback', () => ({ stalls: [], worst: null, stallSeconds: null })),
        clients: [],
      },
      says: 'no client has a stall in failback',
    },
  ],
};
