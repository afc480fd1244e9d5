import { flagSetting, numberSetting } from '../../lab/settings.ts';
import type { Advice } from '../../lab/record.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { noFailback, soonerDead } from './advice.ts';
import { drbdSilenceSeconds, either, on, patienceFor } from './takeover.ts';

/**
 * How long the scripts of a takeover may take, in seconds, and each one beyond the usual four. Emulated machines took 11 to 25 s,
 * with five scripts up to 30 s; on hardware it is a few seconds.
 */
const scriptsSeconds = { emulated: 30, accelerated: 8 };
const furtherScriptSeconds = { emulated: 7.5, accelerated: 2 };
/** MiB/s of a resynchronisation whose rate is left to DRBD (250 KiB/s in 8.3 and 8.4, drbd.conf(5)). */
const slowestResyncMib = 0.25;
/**
 * Releasing the service, from when the servers agree on it: stop the server, unmount, demote, drop the address, tell the other one.
 * Emulated machines took 14 to 18 s, with five scripts 36 s.
 */
const releaseSeconds = { emulated: 30, accelerated: 5 };
/**
 * A write that waits already when the release is ordered: heartbeat orders it while a server which has just come back is still
 * resynchronised, and DRBD lets writes to an area wait while it is. Emulated machines took 5 to 8 s.
 */
const heldUpSeconds = { emulated: 15, accelerated: 3 };

/** What begins a takeover: the other server is declared dead, or it has handed its resources over. */
export function takeoverBegins({ cause, from, to }: Takeover, settings: Settings): PhaseMarker[] {
  const deadtime = numberSetting(settings, 'deadtime');
  const failsBack = flagSetting(settings, 'autoFailback');
  return cause === 'node-lost'
    ? [
        {
          name: 'detect',
          matches: on(to, 'peer-dead', from),
          governedBy: `deadtime=${String(deadtime)}`,
          shorten: soonerDead({
            name: 'deadtime',
            seconds: deadtime,
            gain: 'this phase shortens second for second',
            guard: '; nothing fences it, so both then hold the service',
            source: 'the sample ha.cf of heartbeat, deadtime',
          }),
        },
      ]
    : [
        { name: 'held-up', matches: either(on(from, 'standby-requested'), on(from, 'shutdown-begun')) },
        {
          name: 'release',
          matches: on(to, 'takeover-begun'),
          governedBy: `autoFailback=${failsBack ? 'on' : 'off'}`,
          ...(failsBack ? { shorten: [noFailback] } : {}),
        },
      ];
}

/**
 * Boundaries in the order of haresources: IPaddr, drbddisk, Filesystem, then the script of the server.
 * @param server the resource script that serves
 * @param reconnect what governs how soon the clients are back
 * @param sooner how that could be sooner, where that is known
 * @param back phases from serving to the first acknowledgement, where `reconnect` is not all of it
 */
export function takeoverPhases(
  takeover: Takeover,
  settings: Settings,
  {
    server,
    reconnect,
    sooner = [],
    back = (reconnecting) => [reconnecting],
  }: {
    server: string;
    reconnect: string;
    sooner?: readonly Advice[];
    back?: (reconnecting: PhaseMarker) => readonly PhaseMarker[];
  },
): PhaseMarker[] {
  const { to } = takeover;
  return [
    ...takeoverBegins(takeover, settings),
    { name: 'address', matches: on(to, 'resource-starting', 'drbddisk') },
    {
      name: 'promote',
      matches: either(on(to, 'promoted'), on(to, 'resource-starting', 'Filesystem')),
    },
    {
      name: 'mount',
      matches: either(on(to, 'mounted', 'drbd0'), on(to, 'resource-starting', server)),
    },
    {
      name: 'serve',
      // Heartbeat also calls a takeover complete that it has given up.
      matches: either(on(to, 'serving'), on(to, 'connection-accepted')),
    },
    ...back({
      name: 'reconnect',
      matches: () => false,
      governedBy: reconnect,
      ...(sooner.length === 0 ? {} : { shorten: [...sooner] }),
    }),
  ];
}

/**
 * How long the service is away at most, term by term; the patience of clients comes on top.
 * @param starts the phases in which scripts start resources
 * @param furtherScripts how many resources haresources has beyond address, DRBD, file system and server
 */
export function awayTerms(
  { cause, emulated }: Takeover,
  settings: Settings,
  {
    starts = ['address', 'promote', 'mount', 'serve'],
    furtherScripts = 0,
  }: { starts?: readonly string[]; furtherScripts?: number } = {},
): Budget['terms'] {
  const host = emulated ? 'emulated' : 'accelerated';
  const deadtime = numberSetting(settings, 'deadtime');
  const keepalive = numberSetting(settings, 'keepalive');
  const furtherSeconds = furtherScripts * furtherScriptSeconds[host];
  const until =
    cause === 'node-lost'
      ? [
          {
            name: 'detection',
            seconds: deadtime,
            from: `deadtime=${String(deadtime)}`,
            phases: ['detect'],
          },
          {
            name: 'granularity of detection',
            seconds: keepalive,
            from: `keepalive=${String(keepalive)}: a heartbeat may have left just before the fault`,
            phases: ['detect'],
          },
          {
            name: 'silence of DRBD',
            seconds: Math.max(0, drbdSilenceSeconds - deadtime),
            from: 'ping-int 10 s and ping-timeout 0.5 s of DRBD, as far as they outlast deadtime: until then promotion is refused',
            phases: ['promote'],
          },
        ]
      : [
          {
            name: 'a write that is held up before',
            seconds: heldUpSeconds[host],
            from: `allowance for one that waits already when the release is ordered, as for a resync, on ${host} machines`,
            phases: ['held-up'],
          },
          {
            name: 'release',
            seconds: releaseSeconds[host] + furtherSeconds,
            from: `allowance for the scripts that stop resources, on ${host} machines`,
            phases: ['release'],
          },
        ];
  return [
    ...until,
    {
      name: 'takeover',
      seconds: scriptsSeconds[host] + furtherSeconds,
      from: `allowance for the scripts that start resources, on ${host} machines`,
      phases: [...starts],
    },
  ];
}

/** How long to wait before a scenario gives a takeover up; never a pass mark. */
export function takeoverPatience(settings: Settings, budget: (takeover: Takeover) => Budget): Patience {
  return patienceFor({
    lostSeconds: budget({ cause: 'node-lost', from: '', to: '', emulated: true }).seconds,
    plannedSeconds: budget({ cause: 'planned', from: '', to: '', emulated: true }).seconds,
    joinSeconds: numberSetting(settings, 'initdead'),
    // A whole resync of the device at the configured rate.
    resyncSeconds:
      numberSetting(settings, 'drbd.size') /
      Math.max(slowestResyncMib, numberSetting(settings, 'drbd.resyncRate')),
  });
}
