import type { ClientResult } from '../lab/record.ts';
import { count, moment } from './figures.ts';

/** Errors that a client got so soon one after the other are one stretch: it was told, and not kept waiting. */
const togetherMs = 1000;

/** A time in which a client got errors instead of waiting, from the first one to the last. */
export interface ErrorStretch {
  error: string;
  fromMs: number;
  toMs: number;
  operations: number;
}

/** Stretches of each kind of error by itself, in order of their kinds' first ones: kinds can alternate. */
export function errorStretchesOf({ samples }: Pick<ClientResult, 'samples'>): ErrorStretch[] {
  const failures = failuresOf(samples);
  return [...new Set(failures.map((failure) => failure.error))].flatMap((error) =>
    stretchesOf(failures.filter((failure) => failure.error === error)),
  );
}

/** How long a client got errors, of whatever kind, between two times; what is left of a stall it was kept waiting. */
export function failingMsWithin(
  { samples }: Pick<ClientResult, 'samples'>,
  fromMs: number,
  toMs: number,
): number {
  return stretchesOf(failuresOf(samples)).reduce(
    (total, stretch) => total + Math.max(0, Math.min(stretch.toMs, toMs) - Math.max(stretch.fromMs, fromMs)),
    0,
  );
}

/** Failed operations by error with the times in which they failed: `EIO 34 (0:06.000 to 0:31.000)`; empty when there were none. */
export function errorWindows(client: Pick<ClientResult, 'samples'>): string {
  const stretches = errorStretchesOf(client);
  return [...new Set(stretches.map((stretch) => stretch.error))]
    .map((error) => {
      const own = stretches.filter((stretch) => stretch.error === error);
      const operations = own.reduce((total, stretch) => total + stretch.operations, 0);
      const from = moment(own[0]?.fromMs ?? 0);
      const to = moment(own.at(-1)?.toMs ?? 0);
      const when = operations === 1 ? from : `${from} to ${to}`;
      return `${error} ${count(operations)} (${when}${own.length === 1 ? '' : `, in ${String(own.length)} stretches`})`;
    })
    .join(', ');
}

interface Failure {
  error: string;
  endMs: number;
}

function failuresOf({ error, endMs }: ClientResult['samples']): Failure[] {
  return error
    .flatMap((each, i) => (each === null ? [] : [{ error: each, endMs: endMs[i] ?? 0 }]))
    .sort((a, b) => a.endMs - b.endMs);
}

function stretchesOf(failures: readonly Failure[]): ErrorStretch[] {
  const stretches: ErrorStretch[] = [];
  for (const { error, endMs } of failures) {
    const last = stretches.at(-1);
    if (last === undefined || endMs - last.toMs > togetherMs)
      stretches.push({ error, fromMs: endMs, toMs: endMs, operations: 1 });
    else Object.assign(last, { toMs: endMs, operations: last.operations + 1 });
  }
  return stretches;
}
