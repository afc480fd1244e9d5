import type { ClientResult, RunRecord, Verdict, Window } from '../lab/record.ts';
import { counted, shortSeconds } from './figures.ts';

/** The verdict to show: a run whose rig broke is never anything but `unknown`. */
export function shownVerdict(record: RunRecord): Verdict {
  return record.broken === null ? record.verdict : 'unknown';
}

/** What happened, in one sentence of plain words. A broken run says why it was not judged, and nothing else. */
export function verdictSentence(record: RunRecord): string {
  if (record.broken !== null) return `The run could not be judged: ${record.broken.split('\n')[0] ?? ''}`;
  const clauses = [
    stallClause(record),
    silenceClause(record.clients),
    failureClause(record.clients),
    lossClause(record.clients),
    record.locks?.outcome === 'lost' ? 'a lock was lost' : '',
  ];
  return `${clauses.filter((clause) => clause !== '').join('; ')}.`;
}

/** What a broken run has to say beyond its first line: the last lines of a console, say. */
export function brokenDetail(record: RunRecord): string[] {
  return (record.broken ?? '').split('\n').slice(1);
}

/** The client that waited longest for the first fault. */
export function worstClient(record: RunRecord): string | undefined {
  const worst = record.windows[0]?.worst ?? null;
  if (worst !== null) return worst;
  const exercised = record.clients.filter((client) => client.stallSeconds !== null);
  return exercised.sort((a, b) => (b.stallSeconds ?? 0) - (a.stallSeconds ?? 0))[0]?.name;
}

/** True when the clients had not written again when the window ended. */
export function stillOpen(window: Window | undefined): boolean {
  return window?.stalls.some((stall) => stall.client === window.worst && stall.open) ?? false;
}

function stallClause(record: RunRecord): string {
  const fault = record.faults[0];
  const after = fault === undefined ? '' : ` after ${fault.name} on ${fault.node}`;
  const client = worstClient(record);
  if (record.stallSeconds === null || client === undefined)
    return `No write was acknowledged${after}, so there is no stall to speak of`;
  const stall = shortSeconds(record.stallSeconds);
  if (stillOpen(record.windows[0]))
    return `${client} could not write for at least ${stall}${after} and was still blocked when the measurement ended`;
  if (record.stallSeconds === 0) return `No client missed a write${after}`;
  return `${client} could not write for ${stall}${after}`;
}

function silenceClause(clients: readonly ClientResult[]): string {
  const silent = clients.filter((client) => client.acknowledged === 0).map((client) => client.name);
  if (silent.length === 0 || silent.length === clients.length) return '';
  return `${silent.join(' and ')} never got a write acknowledged`;
}

function failureClause(clients: readonly ClientResult[]): string {
  const names = new Set(clients.flatMap((client) => Object.keys(client.errors)));
  const failed = sum(clients.flatMap((client) => Object.values(client.errors)));
  return failed === 0 ? '' : `${counted(failed, 'write')} failed with ${[...names].join(', ')}`;
}

function lossClause(clients: readonly ClientResult[]): string {
  const acknowledged = sum(clients.map((client) => client.acknowledged));
  if (acknowledged === 0) return '';
  const lost = sum(clients.map((client) => client.lost ?? 0));
  const damaged = sum(clients.map((client) => client.damaged ?? 0));
  const unread = clients.filter(
    (client) => client.acknowledged > 0 && (client.lost === null || client.damaged === null),
  );
  const clauses: string[] = [];
  if (lost > 0) clauses.push(`${counted(lost, 'acknowledged write')} ${lost === 1 ? 'was' : 'were'} lost`);
  if (damaged > 0)
    clauses.push(`${counted(damaged, 'acknowledged write')} ${damaged === 1 ? 'was' : 'were'} damaged`);
  if (unread.length > 0)
    clauses.push(`the writes of ${unread.map((client) => client.name).join(' and ')} could not be read back`);
  if (clauses.length === 0) clauses.push('nothing acknowledged was lost');
  return clauses.join(', ');
}

/** Failed operations by errno name, as `EIO 34, EACCES 2`; empty when there were none. */
export function errorList(errors: Readonly<Record<string, number>>): string {
  return Object.entries(errors)
    .map(([name, operations]) => `${name} ${String(operations)}`)
    .join(', ');
}

/** Added over all values. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
