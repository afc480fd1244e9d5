import type { Timing } from '../../lab/prediction.ts';
import type { Advice } from '../../lab/record.ts';
import { flagSetting, numberSetting } from '../../lab/settings.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { awayTerms, takeoverPatience, takeoverPhases } from '../parts/haresources-takeover.ts';
import { haresourcesTiming } from '../parts/haresources-timing.ts';
import { initiatorTerms, initiatorTiming, soonerLoggedIn } from '../parts/iscsi-initiator.ts';
import { budgetOf, on, sum } from '../parts/takeover.ts';
import { initiatorTimes } from './settings.ts';

const moving: Advice = {
  change:
    'iscsi.ha=on: the target moves with the service, so the clients do not wait for a server that is away',
  risk: 'the LUNs then share the bandwidth and the space of the replicated device',
  source: 'the description of the setting',
};

/** As haresources has it: the NFS server starts before the target, which is what the clients wait for. */
export function phases(takeover: Takeover, settings: Settings): PhaseMarker[] {
  const { to } = takeover;
  const times = ['iscsi.noopInterval', 'iscsi.noopTimeout', 'iscsi.loginTimeout'];
  return takeoverPhases(takeover, settings, {
    server: 'nfs-kernel-server',
    reconnect: times.map((name) => `${name}=${String(numberSetting(settings, name))}`).join(', '),
    sooner: flagSetting(settings, 'iscsi.ha') ? soonerLoggedIn(initiatorTimes(settings)) : [moving],
  }).flatMap((phase) =>
    phase.name === 'serve' && flagSetting(settings, 'iscsi.ha')
      ? [
          { name: 'nfs', matches: on(to, 'resource-starting', 'iscsi-target') },
          {
            name: 'serve',
            matches: on(to, 'serving', 'iscsi-target'),
          },
        ]
      : [phase],
  );
}

/**
 * An upper bound that a healthy cluster keeps, term by term. Without iscsi.ha there is none: what is counted then is how long NFS is
 * away, and the clients' disk is away for as long as its server is.
 */
export function budget(takeover: Takeover, settings: Settings): Budget {
  const away = awayTerms(
    takeover,
    settings,
    flagSetting(settings, 'iscsi.ha')
      ? { starts: ['address', 'promote', 'mount', 'nfs', 'serve'], furtherScripts: 1 }
      : {},
  );
  return budgetOf([
    ...away,
    ...initiatorTerms(sum(away), initiatorTimes(settings), takeover.emulated),
    ...(flagSetting(settings, 'iscsi.ha')
      ? []
      : [
          {
            name: 'the LUNs',
            seconds: 0,
            from: 'iscsi.ha=off: nobody takes the target over, so the clients wait until its server is back, which no budget covers',
            phases: ['reconnect'],
          },
        ]),
  ]);
}

/** Without iscsi.ha no timer of the cluster ends the stall: the clients wait for a server that nobody replaces. */
export function timing(takeover: Takeover, settings: Settings): Timing {
  const clients = initiatorTiming(initiatorTimes(settings), takeover.emulated);
  const timing = haresourcesTiming(takeover, settings, clients);
  return flagSetting(settings, 'iscsi.ha') ? timing : { timers: [], clients, settings: [] };
}

export function patience(settings: Settings): Patience {
  return takeoverPatience(settings, (takeover) => budget(takeover, settings));
}
