import type { ClientResult, RunRecord, Window } from '../../../lab/record.ts';
import { exampleRecord } from '../../fixtures/record.ts';

/** A record and the words that the check's message must hold. */
export interface CheckCase {
  what: string;
  record: RunRecord;
  says: string;
}

/** What proves a check: records it must pass, condemn, and refuse to judge. None of the three may be empty. */
export interface CheckCases {
  passes: readonly CheckCase[];
  condemns: readonly CheckCase[];
  leavesUnknown: readonly CheckCase[];
}

/** The example record with its clients changed. */
export function withClients(change: (client: ClientResult) => Partial<ClientResult>): RunRecord {
  const record = exampleRecord();
  return { ...record, clients: record.clients.map((client) => ({ ...client, ...change(client) })) };
}

/** The example record with one of its windows changed. */
export function withWindow(name: string, change: (window: Window) => Partial<Window>): RunRecord {
  const record = exampleRecord();
  const windows = record.windows.map((window) =>
    window.name === name ? { ...window, ...change(window) } : window,
  );
  return { ...record, windows };
}

/** The example record with its final state changed. */
export function withFinal(change: Partial<NonNullable<RunRecord['final']>>): RunRecord {
  const record = exampleRecord();
  return { ...record, final: record.final === null ? null : { ...record.final, ...change } };
}
