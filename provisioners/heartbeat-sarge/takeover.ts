import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import type { TimelineEvent } from '../../lab/timeline.ts';

/**
 * How long the scripts of a takeover may take, in seconds. Emulated machines took 11 to 25 s, depending on what else the host
 * did; on hardware a few seconds.
 */
const scriptsSeconds = { emulated: 30, accelerated: 8 };
/** Releasing the service: stop NFS, unmount, demote, drop the address. */
const releaseSeconds = { emulated: 20, accelerated: 5 };
/** timeo of nfs(5) for TCP, where the mount options do not say it. */
const defaultTimeoSeconds = 60;
/** ping-int 10 s and ping-timeout 0.5 s of DRBD (drbd.conf-8.4(5)): until then a dead Primary still counts as one. */
const drbdSilenceSeconds = 10.5;
/** First delay of the kernel's RPC client after a connection was refused (net/sunrpc/xprtsock.c, XS_TCP_INIT_REEST_TO). */
const refusedSeconds = 3;

type Match = (event: TimelineEvent) => boolean;

function on(node: string, kind: string, subject?: string): Match {
  return (event) =>
    event.node === node && event.kind === kind && (subject === undefined || event.subject === subject);
}

function either(...matches: readonly Match[]): Match {
  return (event) => matches.some((match) => match(event));
}

/** Boundaries in the order of haresources: IPaddr, drbddisk, Filesystem, nfs-kernel-server. */
export function phases({ cause, from, to }: Takeover, settings: Settings): PhaseMarker[] {
  const begin: PhaseMarker =
    cause === 'node-lost'
      ? {
          name: 'detect',
          matches: on(to, 'peer-dead', from),
          governedBy: `deadtime=${String(numberSetting(settings, 'deadtime'))}`,
        }
      : {
          name: 'release',
          matches: on(to, 'takeover-begun'),
          governedBy: `autoFailback=${flagSetting(settings, 'autoFailback') ? 'on' : 'off'}`,
        };
  return [
    begin,
    { name: 'address', matches: on(to, 'resource-starting', 'drbddisk') },
    {
      name: 'promote',
      matches: either(on(to, 'promoted'), on(to, 'resource-starting', 'Filesystem')),
    },
    {
      name: 'mount',
      matches: either(on(to, 'mounted', 'drbd0'), on(to, 'resource-starting', 'nfs-kernel-server')),
    },
    {
      name: 'serve',
      matches: either(on(to, 'serving'), on(to, 'connection-accepted'), on(to, 'takeover-complete')),
    },
    {
      name: 'reconnect',
      matches: () => false,
      governedBy: `timeo=${String(timeoSeconds(settings) * 10)} of the mount, and the back-off of TCP`,
    },
  ];
}

/** An upper bound that a healthy cluster keeps, term by term. */
export function budget({ cause, emulated }: Takeover, settings: Settings): Budget {
  const host = emulated ? 'emulated' : 'accelerated';
  const deadtime = numberSetting(settings, 'deadtime');
  const keepalive = numberSetting(settings, 'keepalive');
  const until =
    cause === 'node-lost'
      ? [
          { name: 'detection', seconds: deadtime, from: `deadtime=${String(deadtime)}` },
          {
            name: 'granularity of detection',
            seconds: keepalive,
            from: `keepalive=${String(keepalive)}: a heartbeat may have left just before the fault`,
          },
          {
            name: 'silence of DRBD',
            seconds: Math.max(0, drbdSilenceSeconds - deadtime),
            from: 'ping-int 10 s and ping-timeout 0.5 s of DRBD, as far as they outlast deadtime: until then promotion is refused',
          },
        ]
      : [
          {
            name: 'release',
            seconds: releaseSeconds[host],
            from: 'allowance for the scripts that stop resources',
          },
        ];
  const served = [
    ...until,
    {
      name: 'takeover',
      seconds: scriptsSeconds[host],
      from: `allowance for the scripts that start resources, on ${host} machines`,
    },
  ];
  const awaySeconds = sum(served);
  const timeo = timeoSeconds(settings);
  const client = [
    timeo > 2 * awaySeconds
      ? {
          name: 'patience of the clients',
          seconds: timeo - awaySeconds,
          from: `timeo: a request that the dead server had acknowledged to TCP is sent again only ${String(timeo)} s after it was sent`,
        }
      : {
          name: 'back-off of the clients',
          seconds: Math.min(awaySeconds, 120),
          from: 'TCP doubles its retransmission time: the next attempt comes at most as late again as the service was away, 120 s at most (TCP_RTO_MAX)',
        },
    {
      name: 'refused connections',
      seconds: refusedSeconds,
      from: 'first delay of the RPC client after a refused connection: the address is up before nfsd',
    },
    ...(textSetting(settings, 'nfs.version') === '3'
      ? []
      : [
          {
            name: 'grace',
            seconds: numberSetting(settings, 'nfs.graceTime'),
            from: `nfs.graceTime=${String(numberSetting(settings, 'nfs.graceTime'))}: a new NFSv4 server lets clients reclaim first`,
          },
        ]),
  ];
  const terms = [...served, ...client];
  return { seconds: sum(terms), terms };
}

/** timeo of the mount in seconds; nfs(5) counts tenths. */
function timeoSeconds(settings: Settings): number {
  const given = /(?:^|,)timeo=(\d+)(?:,|$)/.exec(textSetting(settings, 'nfs.mountOptions'))?.[1];
  return given === undefined ? defaultTimeoSeconds : Number(given) / 10;
}

/** How long to wait before a scenario gives a takeover up; never a pass mark. */
export function patience(settings: Settings): Patience {
  const lost = budget({ cause: 'node-lost', from: '', to: '', emulated: true }, settings).seconds;
  const planned = budget({ cause: 'planned', from: '', to: '', emulated: true }, settings).seconds;
  const initdead = numberSetting(settings, 'initdead');
  // A whole resync of the device at the configured rate, and a boot, on top.
  const resync = numberSetting(settings, 'drbd.size') / numberSetting(settings, 'drbd.resyncRate');
  const boot = 240;
  return {
    takeoverMs: 1000 * 2 * lost,
    redundancyMs: 1000 * (boot + 2 * resync + initdead),
    failbackMs: 1000 * (boot + initdead + 2 * planned),
  };
}

function sum(terms: Budget['terms']): number {
  return terms.reduce((total, term) => total + term.seconds, 0);
}
