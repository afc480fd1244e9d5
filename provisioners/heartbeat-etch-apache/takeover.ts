import type { Timing } from '../../lab/prediction.ts';
import { numberSetting } from '../../lab/settings.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { awayTerms, takeoverPatience, takeoverPhases } from '../parts/haresources-takeover.ts';
import { haresourcesTiming } from '../parts/haresources-timing.ts';
import { budgetOf } from '../parts/takeover.ts';

export function phases(takeover: Takeover, settings: Settings): PhaseMarker[] {
  return takeoverPhases(takeover, settings, {
    server: 'apache2',
    reconnect: `http.timeoutSeconds=${String(numberSetting(settings, 'http.timeoutSeconds'))}`,
    sooner: {
      change: 'a smaller http.timeoutSeconds: a request that was sent to the dead server is given up sooner',
      risk: 'requests that a slow but living server would still have answered fail',
      source: 'the description of the setting',
    },
  });
}

/** An upper bound that a healthy cluster keeps, term by term. */
export function budget(takeover: Takeover, settings: Settings): Budget {
  const timeout = numberSetting(settings, 'http.timeoutSeconds');
  return budgetOf([
    ...awayTerms(takeover, settings),
    {
      name: 'patience of the clients',
      seconds: timeout,
      from: `http.timeoutSeconds=${String(timeout)}: a request that was sent to the dead server holds the next one up until it is given up`,
      phases: ['reconnect'],
    },
  ]);
}

export function timing(takeover: Takeover, settings: Settings): Timing {
  const timeout = numberSetting(settings, 'http.timeoutSeconds');
  return haresourcesTiming(takeover, settings, {
    mostSeconds: () => timeout,
    grows: false,
    from: `as in earlier runs, at most http.timeoutSeconds=${String(timeout)}`,
  });
}

export function patience(settings: Settings): Patience {
  return takeoverPatience(settings, (takeover) => budget(takeover, settings));
}
