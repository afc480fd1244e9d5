import type { Timing } from '../../lab/prediction.ts';
import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { soonerServing } from '../parts/advice.ts';
import { awayTerms, takeoverPatience, takeoverPhases } from '../parts/haresources-takeover.ts';
import { haresourcesTiming } from '../parts/haresources-timing.ts';
import { serialLineTerms, serialLineTimers } from '../parts/heartbeat-media.ts';
import { nfsClientTerms, nfsClientTiming, reconnectGovernedBy } from '../parts/nfs-client.ts';
import type { NfsMount } from '../parts/nfs-client.ts';
import { backWithGrace } from '../parts/nfs-grace.ts';
import { budgetOf, sum } from '../parts/takeover.ts';
import { layout } from './layout.ts';

/** What the server keeps for its clients, and they reclaim from the next one: nothing in NFSv3. */
export function stateOf(settings: Settings): NfsMount['state'] {
  return textSetting(settings, 'nfs.version') === '3'
    ? undefined
    : {
        leaseSeconds: numberSetting(settings, 'nfs.leaseTime'),
        graceSeconds: numberSetting(settings, 'nfs.graceTime'),
      };
}

export function phases(takeover: Takeover, settings: Settings): PhaseMarker[] {
  const state = stateOf(settings);
  return takeoverPhases(takeover, settings, {
    server: 'nfs-kernel-server',
    reconnect: reconnectGovernedBy(mountOf(settings)),
    sooner: [soonerServing],
    ...(state === undefined
      ? {}
      : { back: (reconnecting: PhaseMarker) => backWithGrace(takeover.to, state, reconnecting) }),
  });
}

/** An upper bound that a healthy cluster keeps, term by term. */
export function budget(takeover: Takeover, settings: Settings): Budget {
  const served = [
    ...awayTerms(takeover, settings),
    ...(takeover.cause === 'node-lost' ? serialLineTerms(settings, layout.baud) : []),
  ];
  return budgetOf([...served, ...nfsClientTerms(sum(served), mountOf(settings))]);
}

export function timing(takeover: Takeover, settings: Settings): Timing {
  return haresourcesTiming(
    takeover,
    settings,
    nfsClientTiming(mountOf(settings)),
    serialLineTimers(settings, layout.baud),
  );
}

function mountOf(settings: Settings): NfsMount {
  return { options: textSetting(settings, 'nfs.mountOptions'), state: stateOf(settings) };
}

export function patience(settings: Settings): Patience {
  return takeoverPatience(settings, (takeover) => budget(takeover, settings));
}
