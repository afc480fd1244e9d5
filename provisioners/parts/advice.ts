import type { Advice } from '../../lab/record.ts';
import { drbdSilenceSeconds } from './takeover.ts';

/** What the documentation of settings says about shortening a phase. */

/**
 * Of a detection by silence.
 * @param timer the setting, as `deadtime=10`
 * @param seconds how long it makes the cluster wait
 * @param gain what a second less of the setting gives
 */
export function soonerDead(timer: {
  name: string;
  seconds: number;
  gain: string;
  guard: string;
  source: string;
}): Advice[] {
  const { name, seconds, gain, guard, source } = timer;
  const silence = `${String(drbdSilenceSeconds)} s`;
  return [
    {
      change:
        seconds > drbdSilenceSeconds
          ? `a smaller ${name}: ${gain}, down to the ${silence} for which DRBD takes a silent peer for a living one and refuses to be promoted`
          : `a smaller ${name} alone gives little: DRBD takes a silent peer for a living one for ${silence} (ping-int 10 s, ping-timeout 0.5 s) and refuses to be promoted until then`,
      risk: `a server that is silent for that long for another reason, as load, is declared dead while it lives${guard}`,
      source: `${source}; drbd.conf-8.4(5), ping-int and ping-timeout`,
    },
  ];
}

export const noFailback: Advice = {
  change: 'autoFailback=off: the service stays where it is, and this stall does not happen',
  risk: 'the service then stays on the second server until somebody moves it',
  source: 'ha.cf of heartbeat, auto_failback',
};

/** Of clients whose TCP doubles the time between its attempts. */
export const soonerServing: Advice = {
  change:
    'nothing of its own: TCP doubles the time between its attempts, so each second that the service is back earlier can take another second off here',
  risk: 'that of what is shortened before it',
  source: 'RFC 6298, 5.5',
};
