import type { Timing } from '../../lab/prediction.ts';
import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Budget, Setting, Settings } from '../../lab/stack.ts';
import { contradiction } from './cluster-settings.ts';
import { printOutput } from './sections.ts';
import { oneOf } from './setting-values.ts';

/** The second serial port; the first one is the console. */
export const serialPort = '/dev/ttyS1';

/** A heartbeat with its signature, about; ten bits on the line for each byte: a start bit and a stop bit besides its own. */
const heartbeatBits = 200 * 10;

export function mediaSetting(description: string): Setting {
  return {
    name: 'heartbeat.media',
    description,
    defaults: { period: 'eth', current: 'eth' },
    schema: oneOf('eth', 'eth+serial'),
  };
}

export function hasSerialLine(settings: Settings): boolean {
  return textSetting(settings, 'heartbeat.media') === 'eth+serial';
}

/** How long a heartbeat is on a serial line of this rate, in seconds. */
function transitSeconds(baud: number): number {
  return heartbeatBits / baud;
}

/** A line that is given more heartbeats than it carries falls behind for ever. */
export function brokenMedia(settings: Settings, baud: number): string[] {
  if (!hasSerialLine(settings) || numberSetting(settings, 'keepalive') > transitSeconds(baud)) return [];
  return [
    contradiction(settings, 'heartbeat.media', 'keepalive') +
      `a heartbeat is ${transitSeconds(baud).toFixed(2)} s on a serial line of ${String(baud)} baud, and keepalive must be longer`,
  ];
}

/** What the line adds to detection: nothing where heartbeat has none. */
export function serialLineTerms(settings: Settings, baud: number): Budget['terms'] {
  if (!hasSerialLine(settings)) return [];
  return [
    {
      name: 'serial line',
      seconds: transitSeconds(baud),
      from: heardLater(baud),
      phases: ['detect'],
    },
  ];
}

/** The same as a prediction: nothing when the fault came while that heartbeat was still on the line. */
export function serialLineTimers(settings: Settings, baud: number): Timing['timers'] {
  return serialLineTerms(settings, baud).map(({ name, seconds, from }) => ({
    name,
    leastSeconds: 0,
    likelySeconds: seconds,
    mostSeconds: seconds,
    from,
  }));
}

function heardLater(baud: number): string {
  return `some 200 bytes at ${String(baud)} baud: the last heartbeat of the dead server is heard that much later there`;
}

/** What heartbeat says of the other server and of each link to it. */
export interface PeerState {
  /** active, dead, up ... */
  peer: string;
  links: readonly { name: string; state: string }[];
}

/** Prints what `parsePeer` reads. */
export function peerCommands(peer: string, links: readonly string[]): string[] {
  return [
    printOutput('peer', `cl_status nodestatus ${peer}`),
    ...links.map((link, n) => printOutput(`link${String(n)}`, `cl_status hblinkstatus ${peer} ${link}`)),
  ];
}

/** @param sections what the commands printed, by name */
export function parsePeer(sections: ReadonlyMap<string, string>, links: readonly string[]): PeerState {
  const word = (name: string): string => (sections.get(name) ?? '').trim();
  return {
    peer: word('peer'),
    links: links.map((name, n) => ({ name, state: word(`link${String(n)}`) })),
  };
}
