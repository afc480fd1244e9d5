import type { RunRecord, Tenure } from '../../lab/record.ts';
import { moment, shortSeconds } from '../figures.ts';
import { overlapsOf } from '../overlaps.ts';
import { listed } from './words.ts';

const things = {
  address: 'Frames with the service address',
  announcement: 'The MAC address that ARP gave for the service address',
  service: 'Answers to the clients',
  replica: 'The role of Primary',
} as const;
const senses = ['address', 'announcement', 'service', 'replica'] as const;

/** What was watched from the beginning of the run to its end: who held the service, who failed to take it, whether a lock was kept. */
export function throughoutSentences(record: RunRecord): string[] {
  return [...holderSentences(record), ...failedTakeovers(record), ...lockSentences(record)];
}

function holderSentences({ tenures, durationMs }: RunRecord): string[] {
  const overlaps = overlapsOf(tenures);
  const watched = senses.filter((of) => tenures.some((tenure) => tenure.of === of));
  if (watched.length === 0) return [];
  // Where an address is announced from is where it is sent from, unless two announce it.
  const told = watched.filter((of) => of !== 'announcement' || overlaps.some((each) => each.of === of));
  return [
    ...told.map((of) => {
      const held = tenures.filter((tenure) => tenure.of === of);
      const several = new Set(held.map((each) => each.subject)).size > 1;
      return `${things[of]} ${of === 'replica' ? 'was held by' : 'came from'} ${held.map((each) => spanOf(each, durationMs, several)).join(', ')}.`;
    }),
    ...(overlaps.length === 0
      ? [`At no time were there two at once: ${listed(watched.map((of) => watchedAs[of]))} were watched.`]
      : overlaps.map(
          ({ of, holders, fromMs, toMs }) =>
            `Two at once: ${things[of].charAt(0).toLowerCase()}${things[of].slice(1)} ${of === 'replica' ? 'was held by' : 'came from'} ${listed(holders)} for ${shortSeconds((toMs - fromMs) / 1000)}, from ${moment(fromMs)} on.`,
        )),
  ];
}

const watchedAs = {
  address: 'the service address',
  announcement: 'the MAC address it is announced at',
  service: 'who answers clients',
  replica: 'the role of the replicas',
} as const;

function spanOf({ node, subject, fromMs, toMs }: Tenure, endMs: number, several: boolean): string {
  const who = several && subject !== undefined ? `${node} (${subject})` : node;
  const until = toMs >= endMs ? 'on' : `to ${moment(toMs)}`;
  return `${who} from ${moment(fromMs)} ${until}`;
}

function failedTakeovers({ events }: RunRecord): string[] {
  return events
    .filter(({ kind }) => kind === 'takeover-failed')
    .map(
      ({ atMs, node, text }) => `${node ?? 'A server'} gave its takeover up at ${moment(atMs)}: “${text}”.`,
    );
}

function lockSentences({ locks, events }: RunRecord): string[] {
  if (locks === null || locks.outcome === 'none') return [];
  const { holder, takenMs, outcome, reason, tries } = locks;
  const words = { kept: 'was kept', lost: 'was lost', local: 'was local', unknown: 'is not judged' } as const;
  const since = takenMs === null ? '' : ` since ${moment(takenMs)}`;
  const waited = tries.reduce<(typeof tries)[number] | undefined>(
    (longest, each) =>
      longest === undefined || each.endMs - each.startMs > longest.endMs - longest.startMs ? each : longest,
    undefined,
  );
  const refused = events.find((event) => event.kind === 'lock-not-reclaimed');
  return [
    `The lock that ${holder ?? ''} held${since} ${words[outcome]}: ${reason}.`,
    ...(waited === undefined || waited.endMs - waited.startMs < 1000
      ? []
      : [
          `The longest try took ${shortSeconds((waited.endMs - waited.startMs) / 1000)}, from ${moment(waited.startMs)} on: no server answered it, or one that had just begun let clients reclaim first.`,
        ]),
    ...(refused === undefined ? [] : [`The kernel of ${refused.node ?? ''} said “${refused.text}”.`]),
  ];
}
