import type { Timing } from '../../lab/prediction.ts';
import type { Advice } from '../../lab/record.ts';
import type { Budget } from '../../lab/stack.ts';
import { nfsPatience } from './nfs-options.ts';
import { sum } from './takeover.ts';

/** Mount options in the order of fstab(5). */
export function nfsMountOptions(version: string, options: string): string {
  return [options, `vers=${version}`].filter((word) => word !== '').join(',');
}

/** A line of fstab(5). `noauto`: with a hard mount a boot without the service would wait for it for ever. */
export function nfsFstabLine(source: string, directory: string, options: string): string {
  return `${source} ${directory} nfs noauto,_netdev,${options} 0 0`;
}

/** First delay of the kernel's RPC client after a connection was refused (net/sunrpc/xprtsock.c, XS_TCP_INIT_REEST_TO). */
const refusedSeconds = 3;
/** Longest time between two attempts of TCP (TCP_RTO_MAX). */
const slowestAttemptSeconds = 120;
/** Longest time between two attempts of a client that is told of a grace period (fs/nfs/nfs4proc.c, NFS4_POLL_RETRY_MAX). */
export const graceRetrySeconds = 15;

/** What NFSv4 adds to a mount: state that the server keeps for its clients, in seconds. */
export interface ClientState {
  leaseSeconds: number;
  graceSeconds: number;
}

export interface NfsMount {
  options: string;
  /** Absent for NFSv3. */
  state?: ClientState | undefined;
}

/** What governs how soon a client is back. */
export function reconnectGovernedBy({ options }: NfsMount): string {
  const { timeoSeconds } = nfsPatience(options);
  return `timeo=${String(timeoSeconds * 10)} of the mount, and the back-off of TCP`;
}

/** What the clients of an NFS service add to a stall, at most, once the service is there again after `awaySeconds`. */
export function nfsClientTerms(awaySeconds: number, mount: NfsMount): Budget['terms'] {
  // A grace period begins with nfsd, so it runs while the clients come back.
  const phases = mount.state === undefined ? ['reconnect'] : ['reconnect', 'grace', 'resume'];
  const reconnect = [retransmission(awaySeconds, mount), refused];
  return [...reconnect, ...(mount.state === undefined ? [] : graceTerms(mount.state, sum(reconnect)))].map(
    (term) => ({ ...term, phases }),
  );
}

/** The same as a prediction: at least nothing, since the next attempt can come the moment the service is there. */
export function nfsClientTiming(mount: NfsMount): Timing['clients'] {
  const grace =
    mount.state === undefined
      ? ''
      : `; what NFSv4 reclaims is in it, nfs.graceTime=${String(mount.state.graceSeconds)} at most`;
  return {
    mostSeconds: (awaySeconds) => sum(nfsClientTerms(awaySeconds, mount)),
    grows: true,
    from: `the same share of the time away as in earlier runs: TCP doubles the time between its attempts (RFC 6298, 5.5)${grace}`,
  };
}

/** Of the grace period, which ends by itself where all clients have reclaimed. */
export const graceAdvice: Advice = {
  change:
    'a smaller nfs.graceTime, down to nfs.leaseTime: a grace period that a client which stays away keeps running ends sooner; one that ended early stays as it is',
  risk: 'a client that is back only after it cannot reclaim its opens and locks any more',
  source: 'RFC 8881, 8.4.2',
};

const refused = {
  name: 'refused connections',
  seconds: refusedSeconds,
  from: 'first delay of the RPC client after a refused connection: the address is up before nfsd',
};

/** The longer one of two waits: for an answer that will never come, and for the next attempt of TCP. */
function retransmission(awaySeconds: number, { options, state }: NfsMount): Budget['terms'][number] {
  const { timeoSeconds, retrans, givesUpSeconds } = nfsPatience(options);
  const renewalSeconds = state === undefined ? Infinity : (2 / 3) * state.leaseSeconds;
  const silentSeconds = Math.min(timeoSeconds, renewalSeconds);
  const anew = givesUpSeconds < awaySeconds;
  const backoffSeconds = Math.min(anew ? awaySeconds - givesUpSeconds : awaySeconds, slowestAttemptSeconds);
  if (silentSeconds - awaySeconds > backoffSeconds)
    return {
      name: 'patience of the clients',
      seconds: silentSeconds - awaySeconds,
      from:
        state === undefined
          ? `timeo: a request that the dead server had acknowledged to TCP is sent again only ${String(timeoSeconds)} s after it was sent`
          : `a request that the dead server had acknowledged to TCP is never sent again over that connection (RFC 8881, 2.9.2); the client learns that it is dead when it renews its lease, after two thirds of nfs.leaseTime=${String(state.leaseSeconds)}, or by TCP’s keep-alive, after timeo (${String(timeoSeconds)} s)`,
    };
  return {
    name: 'back-off of the clients',
    seconds: backoffSeconds,
    from:
      'TCP doubles its retransmission time: the next attempt comes at most as late again as the service was away, 120 s at most (TCP_RTO_MAX)' +
      (anew
        ? `; counted from timeo × (retrans + 1) = ${String(timeoSeconds)} s × ${String(retrans + 1)}, when the client gives the connection up and begins anew`
        : ''),
  };
}

function graceTerms({ graceSeconds }: ClientState, reconnectSeconds: number): Budget['terms'] {
  return [
    {
      name: 'grace',
      seconds: Math.max(0, graceSeconds - reconnectSeconds),
      from: `nfs.graceTime=${String(graceSeconds)}, as far as it outlasts the way back of the clients: a new server lets those of the old one reclaim first, and ends this as soon as the last of them has`,
    },
    {
      name: 'another try',
      seconds: graceRetrySeconds,
      from: 'a client that was refused because of the grace period tries again at doubling intervals, 15 s at most',
    },
  ];
}
