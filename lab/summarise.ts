import { createHash } from 'node:crypto';
import { hostClassOf } from './host-class.ts';
import type { ClientResult, RunRecord } from './record.ts';
import type { RunSummary } from './run-summary.ts';

/** What a guest said can be of any length; this much of it is enough to know it again. */
const longestText = 600;

/** The summary of a run. @param night id of the night that it was run for; null for a run by hand */
export function summaryOf(record: RunRecord, night: string | null): RunSummary {
  const [first, ...others] = record.windows;
  const band = first?.prediction?.band ?? null;
  return {
    id: record.id,
    night,
    stack: record.stack,
    edition: record.edition,
    scenario: record.scenario,
    settings: record.settings,
    provider: record.provider,
    hostClass: hostClassOf(record),
    verdict: record.verdict,
    broken: record.broken === null ? null : shortened(record.broken.split('\n')[0] ?? ''),
    failed: record.checks
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ name, verdict, message }) => ({ name, verdict, message: shortened(message) })),
    startedAt: record.startedAt,
    durationMs: record.durationMs,
    stallSeconds: record.stallSeconds,
    phases: record.phases.map(({ name, seconds, governedBy }) => ({
      name,
      seconds,
      governedBy: governedBy ?? null,
    })),
    windows: others.map(({ name, stallSeconds }) => ({ name, stallSeconds })),
    errors: errorsOf(record.clients),
    lost: sumOfKnown(record.clients.map(({ lost }) => lost)),
    damaged: sumOfKnown(record.clients.map(({ damaged }) => damaged)),
    lock: record.locks?.outcome ?? null,
    predicted: band === null ? null : { fromSeconds: band.fromSeconds, toSeconds: band.toSeconds },
    seed: record.blow?.seed ?? null,
    versionsDigest: versionsDigest(record.versions),
  };
}

/** SHA-256 over nodes, names and versions, in an order that does not depend on how they were found; its first 16 hex digits. */
export function versionsDigest(versions: RunRecord['versions']): string {
  const lines = Object.entries(versions).flatMap(([node, programs]) =>
    Object.entries(programs).map(([program, version]) => JSON.stringify([node, program, version])),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 16);
}

function errorsOf(clients: readonly ClientResult[]): Record<string, number> {
  const errors = new Map<string, number>();
  for (const client of clients)
    for (const [name, count] of Object.entries(client.errors))
      errors.set(name, (errors.get(name) ?? 0) + count);
  return Object.fromEntries([...errors].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** null where none is known: a client whose writes nobody could read back hides no loss of another one. */
function sumOfKnown(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
