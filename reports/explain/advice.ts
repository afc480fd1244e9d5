import type { Phase, RunRecord, Window } from '../../lab/record.ts';
import { shortSeconds } from '../figures.ts';
import { sum } from '../verdict.ts';
import { isUndivided } from './parts.ts';
import { listed } from './words.ts';

/**
 * What could be changed, and what that would put at risk: what the record holds of the settings' own documentation, and
 * nothing else.
 */
export function adviceSentences(window: Window, { events, faults }: RunRecord): string[] {
  if (window.stallSeconds === null || window.stallSeconds === 0 || isUndivided(window)) return [];
  const lengthy = window.phases.filter((phase) => (phase.seconds ?? 0) > 0);
  const advised = lengthy.flatMap((phase) =>
    (phase.shorten ?? []).map(
      ({ change, risk, source }) =>
        `${phase.name}, ${shortSeconds(phase.seconds ?? 0)}: ${change}. At risk: ${risk} (${source}).`,
    ),
  );
  const late = lengthy.some((phase) => phase.name === 'detect') ? lateHeartbeats(events, faults) : [];
  return [...advised, ...late, ...ungoverned(lengthy), ...silent(window.phases)];
}

/** Late heartbeats of servers that nothing was done to: the sign that a shorter timer would be too short. */
function lateHeartbeats(events: RunRecord['events'], faults: RunRecord['faults']): string[] {
  const late = events.filter(
    (event) =>
      event.kind === 'peer-late' &&
      !faults.some(
        ({ injectedMs, healedMs }) =>
          injectedMs !== null && event.atMs >= injectedMs && event.atMs <= (healedMs ?? Infinity),
      ),
  );
  const first = late[0];
  return first === undefined
    ? []
    : [
        `While no fault stood, heartbeats came late ${String(late.length)} times in this run, as “${first.text}”: a shorter timer would be nearer to that.`,
      ];
}

/** Phases that are no matter of settings: the length of the fault itself, and what nobody saw the end of. */
const unsettled = new Set(['outage', 'open']);

function ungoverned(phases: readonly Phase[]): string[] {
  const free = phases.filter((phase) => phase.governedBy === undefined && !unsettled.has(phase.name));
  return free.length === 0
    ? []
    : [
        `No setting of the stack is known to govern ${listed(free.map((phase) => phase.name))} (${shortSeconds(sum(free.map((phase) => phase.seconds ?? 0)))}).`,
      ];
}

function silent(phases: readonly Phase[]): string[] {
  const mute = phases.filter(
    (phase) => phase.governedBy !== undefined && phase.shorten === undefined && !unsettled.has(phase.name),
  );
  return mute.length === 0
    ? []
    : [
        `The record holds nothing about changing what governs ${listed(mute.map((phase) => phase.name))} (${mute.map((phase) => phase.governedBy ?? '').join('; ')}).`,
      ];
}
