import type { Timing } from '../../lab/prediction.ts';
import type { Advice } from '../../lab/record.ts';
import type { Budget, MonitorEvent } from '../../lab/stack.ts';
import { syslogLine } from './logging.ts';
import { sum } from './takeover.ts';

/** Times of open-iscsi, in seconds, as its documentation names them (iscsid.conf). */
export interface InitiatorTimes {
  /** How long commands wait for a session that was lost before they fail. */
  replacementTimeout: number;
  /** Silence after which the target is pinged, and how long the answer may take; 0 and 0 ping never. */
  noopInterval: number;
  noopTimeout: number;
  loginTimeout: number;
}

/** iscsid.conf of open-iscsi 2.1; what is left out has its default. */
export function iscsidConf(times: InitiatorTimes): string {
  return [
    'iscsid.startup = /bin/systemctl start iscsid.socket',
    'node.startup = manual',
    `node.session.timeo.replacement_timeout = ${String(times.replacementTimeout)}`,
    `node.conn[0].timeo.login_timeout = ${String(times.loginTimeout)}`,
    `node.conn[0].timeo.noop_out_interval = ${String(times.noopInterval)}`,
    `node.conn[0].timeo.noop_out_timeout = ${String(times.noopTimeout)}`,
    '',
  ].join('\n');
}

/** A target and where it is reached. */
export interface Portal {
  iqn: string;
  address: string;
}

export const iscsiPort = 3260;

/** Name under which udev shows a LUN. */
export function diskPath({ iqn, address }: Portal, lun: number): string {
  return `/dev/disk/by-path/ip-${address}:${String(iscsiPort)}-iscsi-${iqn}-lun-${String(lun)}`;
}

export function loginCommand({ iqn, address }: Portal): string {
  return `iscsiadm -m node -T ${iqn} -p ${address} -l`;
}

export function logoutCommand({ iqn, address }: Portal): string {
  return `iscsiadm -m node -T ${iqn} -p ${address} -u`;
}

/** Waits up to 30 s for a disk to appear after a login. */
export function awaitDisk(disk: string): string {
  return `looks=0; until [ -b ${disk} ]; do looks=$((looks + 1)); [ "$looks" -le 300 ]; sleep 0.1; done`;
}

/** A refused connection is tried again after this long (ISCSI_CONN_ERR_REOPEN_DELAY, usr/initiator.c of open-iscsi). */
const reopenSeconds = 3;
/** Login, and the disk's queue running again. */
const resumeSeconds = { emulated: 10, accelerated: 3 };

/** What initiators add to a stall, at most, once the target is there again after `awaySeconds`. */
export function initiatorTerms(
  awaySeconds: number,
  { noopInterval, noopTimeout, loginTimeout }: InitiatorTimes,
  emulated: boolean,
): Budget['terms'] {
  const noticed = noopInterval + noopTimeout;
  const host = emulated ? 'emulated' : 'accelerated';
  const terms = [
    noopInterval === 0
      ? {
          name: 'back-off of the clients',
          seconds: Math.min(awaySeconds, 120),
          from: 'without pings a client notices nothing until TCP sends again: at most as late again as the target was away, 120 s at most (TCP_RTO_MAX)',
        }
      : {
          name: 'pings of the clients',
          seconds: Math.max(0, noticed - awaySeconds),
          from: `noopInterval=${String(noopInterval)} and noopTimeout=${String(noopTimeout)}, as far as they outlast the takeover: until then a session trusts its connection`,
        },
    {
      name: 'attempt to log in',
      seconds: Math.max(loginTimeout, reopenSeconds),
      from: `loginTimeout=${String(loginTimeout)}: an attempt that began while nobody answered is given up only then; a refused one is repeated after ${String(reopenSeconds)} s`,
    },
    {
      name: 'login',
      seconds: resumeSeconds[host],
      from: `allowance for the login and for the commands that waited, on ${host} machines`,
    },
  ];
  return terms.map((term) => ({ ...term, phases: ['reconnect'] }));
}

/** The same as a prediction; pings of their own make the way back independent of the time away. */
export function initiatorTiming(times: InitiatorTimes, emulated: boolean): Timing['clients'] {
  return {
    mostSeconds: (awaySeconds) => sum(initiatorTerms(awaySeconds, times, emulated)),
    grows: times.noopInterval === 0,
    from:
      times.noopInterval === 0
        ? 'the same share of the time away as in earlier runs: without pings TCP alone notices, and doubles the time between its attempts (RFC 6298, 5.5)'
        : `as in earlier runs: an attempt to log in goes on while nobody answers, loginTimeout=${String(times.loginTimeout)} at most, and is then repeated`,
  };
}

/** How initiators are back sooner, as far as iscsid.conf says it. */
export function soonerLoggedIn({ noopInterval }: InitiatorTimes): Advice[] {
  return [
    {
      change:
        'a smaller iscsi.loginTimeout: an attempt that began while nobody answered is given up and repeated sooner',
      risk: 'a login at a target that is only slow is broken off, and begins anew',
      source: 'iscsid.conf of open-iscsi, node.conn[0].timeo.login_timeout',
    },
    {
      change:
        noopInterval === 0
          ? 'iscsi.noopInterval and iscsi.noopTimeout above 0: pings find a dead connection that TCP alone still trusts'
          : 'a smaller iscsi.noopInterval and iscsi.noopTimeout, where they outlast the takeover: until then a session trusts its dead connection',
      risk: 'a target that is silent for that long because of load loses its sessions',
      source: 'iscsid.conf of open-iscsi, node.conn[0].timeo.noop_out_interval and noop_out_timeout',
    },
  ];
}

/** A line of iscsid in /var/log/syslog (open-iscsi 2.1.8). */
export function parseInitiatorLine(line: string): MonitorEvent | undefined {
  const parsed = syslogLine(line);
  if (parsed?.tag !== 'iscsid') return undefined;
  const text = parsed.text.replace(/^iscsid: /, '').trimEnd();
  const [, subject] =
    /^(connection\d+:\d+) is operational after recovery \(\d+ attempts\)$/i.exec(text) ?? [];
  return subject === undefined
    ? { source: 'cluster', kind: 'log', text: `iscsid: ${text}`, guestMs: parsed.guestMs }
    : { source: 'cluster', kind: 'session-recovered', subject, text, guestMs: parsed.guestMs };
}
