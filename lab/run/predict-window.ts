import { predict, type EarlierStall, type Timing } from '../prediction.ts';
import type { Prediction, RunRecord, Window } from '../record.ts';
import type { Settings, Stack } from '../stack.ts';
import type { OpenedWindow } from './stage.ts';

/** The run that is predicted: what earlier ones have to have in common with it. */
export interface PredictedRun {
  stack: Stack;
  settings: Settings;
  record: Pick<RunRecord, 'stack' | 'edition' | 'provider' | 'accelerator' | 'scenario' | 'host'>;
}

/** What settings and earlier runs say about the stall of a window. */
export function predictWindow(
  window: OpenedWindow,
  { stack, settings, record }: PredictedRun,
  earlier: readonly RunRecord[],
): Prediction {
  const timing = timingOf(window, stack, settings);
  const usable = earlier.filter(
    (other) =>
      isOfTheSameKind(other, record) &&
      differIn(other.settings, settings).every((name) => timing.settings.includes(name)),
  );
  const stalls = usable.flatMap((other) =>
    other.windows.flatMap((measured) =>
      measured.name === window.name ? stallOf(measured, timingOf(window, stack, other.settings)) : [],
    ),
  );
  return predict(timing, stalls, {
    intervalMs: stack.workload(settings).intervalMs,
    basis: basisOf(stalls.length, record, timing),
  });
}

/** Timing of a takeover is the stack's matter; where the service stays, the fault itself is the timer. Boots are work. */
function timingOf(
  { takeover, cause, outageMs, eachOutageMs = outageMs, outageEnds }: OpenedWindow,
  stack: Stack,
  settings: Settings,
): Timing {
  if (cause !== 'none') return stack.timing(takeover, settings);
  const eachSeconds = (eachOutageMs ?? 0) / 1000;
  const seconds = (outageMs ?? 0) / 1000;
  return {
    timers:
      outageMs === undefined || outageEnds === 'service-started'
        ? []
        : [
            {
              name: 'outage',
              leastSeconds: eachSeconds,
              likelySeconds: eachSeconds,
              mostSeconds: seconds,
              from: 'the fault itself',
            },
          ],
    clients: {
      mostSeconds: (awaySeconds) => awaySeconds + 5,
      grows: outageMs !== undefined,
      from: 'the back-off of TCP, and what DRBD holds back while it reconnects',
    },
    settings: [],
  };
}

function isOfTheSameKind(other: RunRecord, record: PredictedRun['record']): boolean {
  const kind = (each: PredictedRun['record']): string =>
    JSON.stringify([
      each.stack,
      each.edition,
      each.provider,
      each.accelerator,
      each.scenario,
      each.host['cpu'],
      each.host['cores'],
    ]);
  return other.broken === null && other.verdict !== 'unknown' && kind(other) === kind(record);
}

function differIn(a: Settings, b: Settings): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}

/** In these the service is there again and the client is not yet back. */
const clientPhases: ReadonlySet<string> = new Set(['reconnect', 'grace', 'resume']);

/** A stall that is open, whose end the clients did not mark, or of which only their part was seen, teaches nothing. */
function stallOf({ stalls, worst, stallSeconds, phases }: Window, timing: Timing): EarlierStall[] {
  const last = phases.at(-1);
  const open = stalls.some((stall) => stall.client === worst && stall.open);
  if (open || stallSeconds === null || !clientPhases.has(last?.name ?? '') || last?.seconds === null)
    return [];
  const ofClients = phases.filter((phase) => clientPhases.has(phase.name));
  const before = phases.filter((phase) => !clientPhases.has(phase.name));
  if (before.length > 0 && before.every(({ seconds }) => seconds === null)) return [];
  const clientSeconds = ofClients.reduce((total, { seconds }) => total + (seconds ?? 0), 0);
  return [{ timing, awaySeconds: stallSeconds - clientSeconds, clientSeconds }];
}

function basisOf(stalls: number, record: PredictedRun['record'], { settings }: Timing): string {
  const kind = `${record.scenario} on ${record.stack} and this kind of host`;
  if (stalls === 0) return `there is no earlier run of ${kind} to learn from`;
  const runs = stalls === 1 ? '1 earlier run' : `${String(stalls)} earlier runs`;
  const but = settings.length === 0 ? '' : ` but for ${settings.join(', ')}`;
  return `from ${runs} of ${kind}, with the same settings${but}`;
}
