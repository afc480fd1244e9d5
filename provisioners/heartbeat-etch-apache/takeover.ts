import type { Timing } from '../../lab/prediction.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { awayTerms, takeoverPatience, takeoverPhases } from '../parts/haresources-takeover.ts';
import { haresourcesTiming } from '../parts/haresources-timing.ts';
import { serialLineTerms, serialLineTimers } from '../parts/heartbeat-media.ts';
import { budgetOf } from '../parts/takeover.ts';
import { soonerGivenUp, webClientTerms, webClientTiming, webGovernedBy } from '../parts/web-patience.ts';
import { layout } from './layout.ts';

export function phases(takeover: Takeover, settings: Settings): PhaseMarker[] {
  return takeoverPhases(takeover, settings, {
    server: 'apache2',
    reconnect: webGovernedBy(settings),
    sooner: [soonerGivenUp],
  });
}

/** An upper bound that a healthy cluster keeps, term by term. */
export function budget(takeover: Takeover, settings: Settings): Budget {
  return budgetOf([
    ...awayTerms(takeover, settings),
    ...(takeover.cause === 'node-lost' ? serialLineTerms(settings, layout.baud) : []),
    ...webClientTerms(settings),
  ]);
}

export function timing(takeover: Takeover, settings: Settings): Timing {
  return haresourcesTiming(
    takeover,
    settings,
    webClientTiming(settings),
    serialLineTimers(settings, layout.baud),
  );
}

export function patience(settings: Settings): Patience {
  return takeoverPatience(settings, (takeover) => budget(takeover, settings));
}
