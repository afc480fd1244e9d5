import type { Timing } from '../../lab/prediction.ts';
import type { Budget } from '../../lab/stack.ts';

/** Mount options in the order of fstab(5). */
export function nfsMountOptions(version: string, options: string): string {
  return [options, `vers=${version}`].filter((word) => word !== '').join(',');
}

/** A line of fstab(5). `noauto`: with a hard mount a boot without the service would wait for it for ever. */
export function nfsFstabLine(source: string, directory: string, options: string): string {
  return `${source} ${directory} nfs noauto,_netdev,${options} 0 0`;
}

/** timeo of nfs(5) for TCP, where the mount options do not say it. */
const defaultTimeoSeconds = 60;
/** First delay of the kernel's RPC client after a connection was refused (net/sunrpc/xprtsock.c, XS_TCP_INIT_REEST_TO). */
const refusedSeconds = 3;

/** timeo of a mount in seconds; nfs(5) counts tenths. */
export function timeoSeconds(mountOptions: string): number {
  const given = /(?:^|,)timeo=(\d+)(?:,|$)/.exec(mountOptions)?.[1];
  return given === undefined ? defaultTimeoSeconds : Number(given) / 10;
}

/** What the clients of an NFS service add to a stall, at most, once the service is there again after `awaySeconds`. */
export function nfsClientTerms(
  awaySeconds: number,
  { mountOptions, graceSeconds }: { mountOptions: string; graceSeconds: number },
): Budget['terms'] {
  const timeo = timeoSeconds(mountOptions);
  return [
    timeo > 2 * awaySeconds
      ? {
          name: 'patience of the clients',
          seconds: timeo - awaySeconds,
          from: `timeo: a request that the dead server had acknowledged to TCP is sent again only ${String(timeo)} s after it was sent`,
          phases: ['reconnect'],
        }
      : {
          name: 'back-off of the clients',
          seconds: Math.min(awaySeconds, 120),
          from: 'TCP doubles its retransmission time: the next attempt comes at most as late again as the service was away, 120 s at most (TCP_RTO_MAX)',
          phases: ['reconnect'],
        },
    {
      name: 'refused connections',
      seconds: refusedSeconds,
      from: 'first delay of the RPC client after a refused connection: the address is up before nfsd',
      phases: ['reconnect'],
    },
    ...(graceSeconds === 0
      ? []
      : [
          {
            name: 'grace',
            seconds: graceSeconds,
            from: `nfs.graceTime=${String(graceSeconds)}: a new NFSv4 server lets clients reclaim first`,
            phases: ['reconnect'],
          },
        ]),
  ];
}

/** The same as a prediction: at least nothing, since the next attempt can come the moment the service is there. */
export function nfsClientTiming(options: { mountOptions: string; graceSeconds: number }): Timing['clients'] {
  return {
    mostSeconds: (awaySeconds) =>
      nfsClientTerms(awaySeconds, options).reduce((total, term) => total + term.seconds, 0),
    grows: true,
    from: 'the same share of the time away as in earlier runs: TCP doubles the time between its attempts (RFC 6298, 5.5)',
  };
}
