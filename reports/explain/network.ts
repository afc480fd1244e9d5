import type { RunRecord, Window } from '../../lab/record.ts';
import type { TimelineEvent } from '../../lab/timeline.ts';
import { moment, shortSeconds } from '../figures.ts';
import { times } from './words.ts';

/** What the wire and the clients' kernels show of each client while it waited. */
export function networkSentences(window: Window, { events }: RunRecord): string[] {
  return window.stalls.flatMap((stall) => {
    const during = events.filter((event) => event.atMs >= stall.startMs && event.atMs <= stall.endMs);
    const of = (kind: string): TimelineEvent[] =>
      during.filter(
        (event) => event.kind === kind && (event.node === stall.client || event.subject === stall.client),
      );
    const before = (event: TimelineEvent): string =>
      `${shortSeconds((stall.endMs - event.atMs) / 1000)} before ${stall.open ? 'the window ended' : 'it wrote again'}`;
    return [
      ...told(of('retransmission'), (sent, last) => {
        const longest = longestGapMs(sent, stall.startMs);
        return `${stall.client} sent data again ${times(sent.length)}, the last time ${before(last)}; the longest pause before one was ${shortSeconds(longest / 1000)}.`;
      }),
      ...told(of('request-unanswered'), (sent, last) => {
        return `${stall.client} sent a request into a silence of the service ${times(sent.length)}, the last time ${before(last)}: ${last.text}.`;
      }),
      ...told(
        of('connection-attempt'),
        (attempts, last) =>
          `${stall.client} asked for a connection ${times(attempts.length)}, the last time ${before(last)}.`,
      ),
      ...told(
        of('connection-refused'),
        (refused, _last, first) =>
          `The service answered ${stall.client} with a reset ${times(refused.length)}, first at ${moment(first.atMs)}: the address was up, and what it had been talking to was gone.`,
      ),
      ...told(
        of('connection-reset'),
        (resets) => `${stall.client} reset its connection ${times(resets.length)}.`,
      ),
      ...told(
        of('address-asked'),
        (asked, last) =>
          `${stall.client} asked by ARP who has the address ${times(asked.length)}, the last time ${before(last)}.`,
      ),
      ...told(of('client-tries'), (_all, last) => `${last.text}.`),
      ...told(
        of('server-silent'),
        (silent, _last, first) =>
          `The kernel of ${stall.client} called the server silent ${times(silent.length)}, first ${shortSeconds((first.atMs - stall.startMs) / 1000)} into the stall: “${first.text}”.`,
      ),
    ];
  });
}

function told(
  events: readonly TimelineEvent[],
  sentence: (all: readonly TimelineEvent[], last: TimelineEvent, first: TimelineEvent) => string,
): string[] {
  const first = events[0];
  const last = events.at(-1);
  return first === undefined || last === undefined ? [] : [sentence(events, last, first)];
}

function longestGapMs(events: readonly TimelineEvent[], startMs: number): number {
  return events.reduce(
    ({ longest, fromMs }, { atMs }) => ({ longest: Math.max(longest, atMs - fromMs), fromMs: atMs }),
    { longest: 0, fromMs: startMs },
  ).longest;
}
