import { triesOf } from '../client-tries.ts';
import type { Window } from '../record.ts';
import type { TimelineEvent } from '../timeline.ts';

/** A window whose way back of the client is explained by its own tries, and these as events, of all clients. */
export function explainedByTries<W extends Pick<Window, 'stalls' | 'worst' | 'phases'>>(
  window: W,
  events: readonly TimelineEvent[],
): { window: W; tries: TimelineEvent[] } {
  const reconnect = window.phases.find((phase) => phase.name === 'reconnect' && phase.startMs !== null);
  // Where the end of what the service did was not seen, nobody knows when it was there.
  const serviceMs = reconnect?.includes.length === 0 ? reconnect.startMs : null;
  const found = window.stalls.flatMap((stall) => {
    const event = triesOf(stall.client, stall, serviceMs, events);
    return event === undefined ? [] : [event];
  });
  const own = found.find((event) => event.node === window.worst);
  const phases = window.phases.map((phase) =>
    phase === reconnect && own !== undefined
      ? { ...phase, evidence: `${phase.evidence}; ${own.text} (${own.source})` }
      : phase,
  );
  return { window: { ...window, phases }, tries: found };
}
