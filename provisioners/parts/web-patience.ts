import type { Timing } from '../../lab/prediction.ts';
import type { Advice } from '../../lab/record.ts';
import { numberSetting } from '../../lab/settings.ts';
import type { Budget, Settings } from '../../lab/stack.ts';

/** What the clients of a web service add to a stall: they give up a request that was sent to the dead server. */

/** What governs how soon a client is back. */
export function webGovernedBy(settings: Settings): string {
  return `http.timeoutSeconds=${String(numberSetting(settings, 'http.timeoutSeconds'))}`;
}

export function webClientTerms(settings: Settings): Budget['terms'] {
  return [
    {
      name: 'patience of the clients',
      seconds: numberSetting(settings, 'http.timeoutSeconds'),
      from: `${webGovernedBy(settings)}: a request that was sent to the dead server holds the next one up until it is given up`,
      phases: ['reconnect'],
    },
  ];
}

export function webClientTiming(settings: Settings): Timing['clients'] {
  return {
    mostSeconds: () => numberSetting(settings, 'http.timeoutSeconds'),
    grows: false,
    from: `as in earlier runs, at most ${webGovernedBy(settings)}`,
  };
}

export const soonerGivenUp: Advice = {
  change: 'a smaller http.timeoutSeconds: a request that was sent to the dead server is given up sooner',
  risk: 'requests that a slow but living server would still have answered fail',
  source: 'the description of the setting',
};
