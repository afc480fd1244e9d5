import type { Timing } from '../../lab/prediction.ts';
import { numberSetting } from '../../lab/settings.ts';
import type { Settings, Takeover } from '../../lab/stack.ts';
import { drbdSilenceSeconds } from './takeover.ts';

/**
 * Timers of a takeover by heartbeat; of a planned one there are none, only scripts.
 * @param further timers of a detection, beside the usual ones
 */
export function haresourcesTiming(
  { cause }: Takeover,
  settings: Settings,
  clients: Timing['clients'],
  further: Timing['timers'] = [],
): Timing {
  const deadtime = numberSetting(settings, 'deadtime');
  const keepalive = numberSetting(settings, 'keepalive');
  const named = ['deadtime', 'keepalive', 'warntime', 'initdead'];
  if (cause === 'planned') return { timers: [], clients, settings: named };
  return {
    timers: [
      {
        name: 'detection',
        leastSeconds: Math.max(0, deadtime - keepalive),
        likelySeconds: deadtime - keepalive / 2,
        mostSeconds: deadtime,
        from: `deadtime=${String(deadtime)} counts from the last heartbeat, which is up to keepalive=${String(keepalive)} old when the fault comes`,
      },
      ...further,
      silenceOfDrbd(deadtime),
    ],
    clients,
    settings: named,
  };
}

/** What DRBD makes a takeover wait for beyond the detection; scripts that run meanwhile can hide it. */
export function silenceOfDrbd(detectionSeconds: number): Timing['timers'][number] {
  const rest = Math.max(0, drbdSilenceSeconds - detectionSeconds);
  return {
    name: 'silence of DRBD',
    leastSeconds: 0,
    likelySeconds: rest,
    mostSeconds: rest,
    from: `DRBD refuses to be promoted until its peer was silent for ${String(drbdSilenceSeconds)} s (ping-int, ping-timeout)`,
  };
}
