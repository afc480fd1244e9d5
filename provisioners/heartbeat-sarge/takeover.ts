import type { Timing } from '../../lab/prediction.ts';
import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { soonerServing } from '../parts/advice.ts';
import { awayTerms, takeoverPatience, takeoverPhases } from '../parts/haresources-takeover.ts';
import { haresourcesTiming } from '../parts/haresources-timing.ts';
import { nfsClientTerms, nfsClientTiming, timeoSeconds } from '../parts/nfs-client.ts';
import { budgetOf, sum } from '../parts/takeover.ts';

export function phases(takeover: Takeover, settings: Settings): PhaseMarker[] {
  return takeoverPhases(takeover, settings, {
    server: 'nfs-kernel-server',
    reconnect: `timeo=${String(timeoSeconds(textSetting(settings, 'nfs.mountOptions')) * 10)} of the mount, and the back-off of TCP`,
    sooner: soonerServing,
  });
}

/** An upper bound that a healthy cluster keeps, term by term. */
export function budget(takeover: Takeover, settings: Settings): Budget {
  const served = awayTerms(takeover, settings);
  return budgetOf([...served, ...nfsClientTerms(sum(served), clientOptions(settings))]);
}

export function timing(takeover: Takeover, settings: Settings): Timing {
  return haresourcesTiming(takeover, settings, nfsClientTiming(clientOptions(settings)));
}

function clientOptions(settings: Settings): { mountOptions: string; graceSeconds: number } {
  return {
    mountOptions: textSetting(settings, 'nfs.mountOptions'),
    graceSeconds: textSetting(settings, 'nfs.version') === '3' ? 0 : numberSetting(settings, 'nfs.graceTime'),
  };
}

export function patience(settings: Settings): Patience {
  return takeoverPatience(settings, (takeover) => budget(takeover, settings));
}
