import type { Phase } from './record.ts';
import type { PhaseMarker } from './stack.ts';
import type { Stall } from './stall.ts';
import type { TimelineEvent } from './timeline.ts';

/** Where a phase may begin: how much of the stall is over there, and how well that instant is known. */
interface Boundary {
  /** Whole milliseconds since the stall's start. */
  offsetMs: number;
  atMs: number;
  uncertaintyMs: number;
}

/** What was seen of a phase's end: the boundary it makes, or only words. */
interface Ending {
  boundary: Boundary | null;
  evidence: string;
}

/**
 * Cuts a stall into phases at the events that the markers name. The seconds of the observed phases are whole
 * milliseconds that add up to the stall.
 *
 * The first phase begins with the stall. Each one ends at the first event that its marker matches at or after the end of
 * the phase before it. Where there is none such:
 * - one that was seen earlier ended the phase before it could take time of its own: 0 s, and the evidence says how much
 *   earlier, since the order was then not the assumed one;
 * - one that was seen only after the stall did not hold the client up: the phase counts as unobserved. Within the event's
 *   own uncertainty of the stall's end it is taken to be that end.
 * - nothing seen: the phase is unobserved, `seconds` null, and its time is inside the next observed one, which names
 *   it in `includes`.
 *
 * The last phase always ends with the stall: `reconnect` when an acknowledgement ended it, `open` when the clients had
 * still not written at the end of the window - what was missing is then not known. It is added when the markers do
 * not name it; a last marker called `reconnect` lends it `governedBy` and `shorten`, nothing else. Where something is between a
 * client that is connected again and one that writes again, `reconnect` is a phase with an end of its own, and the last
 * marker is called `resume`.
 * @param stall of one client; its name is for markers that ask what happened to this one
 * @param events those of the stall's window, in any order. An older one would count as "seen earlier".
 */
export function cutIntoPhases(
  stall: Stall & { client?: string },
  markers: readonly PhaseMarker[],
  events: readonly TimelineEvent[],
): Phase[] {
  const inOrder = [...events].sort((a, b) => a.atMs - b.atMs);
  const phases: Phase[] = [];
  let from: Boundary = { offsetMs: 0, atMs: stall.startMs, uncertaintyMs: 0 };
  let includes: string[] = [];

  const close = (marker: Omit<PhaseMarker, 'matches'>, { boundary, evidence }: Ending): void => {
    const common = { name: marker.name, evidence, ...facts(marker) };
    if (boundary === null) {
      includes.push(marker.name);
      phases.push({
        ...common,
        seconds: null,
        observed: false,
        startMs: null,
        endMs: null,
        includes: [],
        uncertaintyMs: 0,
      });
      return;
    }
    phases.push({
      ...common,
      seconds: (boundary.offsetMs - from.offsetMs) / 1000,
      observed: true,
      startMs: from.atMs,
      endMs: boundary.atMs,
      includes,
      uncertaintyMs: from.uncertaintyMs + boundary.uncertaintyMs,
    });
    from = boundary;
    includes = [];
  };

  const named = markers.at(-1);
  const last = named !== undefined && lastPhases.has(named.name) ? named : undefined;
  for (const marker of markers) {
    if (marker !== last) close(marker, endingOf(marker, inOrder, from, stall));
  }
  const end = endOf(stall);
  if (stall.open) {
    close({ name: 'open' }, { boundary: end, evidence: 'no acknowledgement up to the end of the window' });
  } else {
    close(last === undefined ? { name: 'reconnect' } : { name: last.name, ...facts(last) }, {
      boundary: end,
      evidence: 'first acknowledgement (probe)',
    });
  }
  return phases;
}

const lastPhases: ReadonlySet<string> = new Set(['reconnect', 'resume']);

/** What the stack says about a phase, whether it was observed or not. */
function facts({ governedBy, shorten }: Omit<PhaseMarker, 'matches'>): Omit<PhaseMarker, 'name' | 'matches'> {
  return {
    ...(governedBy === undefined ? {} : { governedBy }),
    ...(shorten === undefined ? {} : { shorten }),
  };
}

function endOf(stall: Stall): Boundary {
  return { offsetMs: Math.round(stall.seconds * 1000), atMs: stall.endMs, uncertaintyMs: 0 };
}

function endingOf(
  marker: PhaseMarker,
  events: readonly TimelineEvent[],
  from: Boundary,
  stall: Stall & { client?: string },
): Ending {
  const seen = events.filter((event) => marker.matches(event, stall.client));
  const first = seen[0];
  if (first === undefined) return { boundary: null, evidence: 'nothing was seen that ends it' };
  const earlier = seen.findLast((event) => event.atMs < from.atMs);
  const next = seen.find((event) => event.atMs >= from.atMs);

  if (next !== undefined && next.atMs <= stall.endMs) {
    const again = earlier === undefined ? '' : `; seen before, ${lag(from.atMs - first.atMs)} too early`;
    return { boundary: boundaryAt(next, stall), evidence: told(next) + again };
  }
  if (earlier !== undefined) {
    const since =
      from.offsetMs === 0
        ? `${lag(from.atMs - earlier.atMs)} before the stall began`
        : `${lag(from.atMs - earlier.atMs)} before the end of the phase before it: the order was not the assumed one`;
    return {
      boundary: { ...from, uncertaintyMs: Math.max(from.uncertaintyMs, earlier.uncertaintyMs) },
      evidence: `${told(earlier)}, ${since}`,
    };
  }
  if (first.atMs - first.uncertaintyMs <= stall.endMs)
    return {
      boundary: { ...endOf(stall), uncertaintyMs: first.uncertaintyMs },
      evidence: `${told(first)}, within its uncertainty of the acknowledgement`,
    };
  return {
    boundary: null,
    evidence: `${told(first)}, only ${lag(first.atMs - stall.endMs)} after the stall was over`,
  };
}

function boundaryAt(event: TimelineEvent, stall: Stall): Boundary {
  const offsetMs = Math.min(Math.round(event.atMs - stall.startMs), endOf(stall).offsetMs);
  return { offsetMs, atMs: event.atMs, uncertaintyMs: event.uncertaintyMs };
}

function told(event: TimelineEvent): string {
  const witness = event.node === undefined ? event.source : `${event.source} on ${event.node}`;
  return `${event.text} (${witness}, ±${event.uncertaintyMs.toFixed(1)} ms)`;
}

function lag(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
