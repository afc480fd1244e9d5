import type { Timing } from '../../lab/prediction.ts';
import type { Advice } from '../../lab/record.ts';
import { flagSetting, numberSetting } from '../../lab/settings.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { awayTerms, takeoverBegins, takeoverPatience } from '../parts/haresources-takeover.ts';
import { haresourcesTiming } from '../parts/haresources-timing.ts';
import { budgetOf, either, on } from '../parts/takeover.ts';
import { soonerGivenUp, webClientTerms, webClientTiming, webGovernedBy } from '../parts/web-patience.ts';

/**
 * Seconds from the start of the virtual machine to its first answer: kernel, check of the file system, server. In emulated nodes
 * it took 15 to 19 s, on a busy host twice as long.
 */
const bootSeconds = { emulated: 45, accelerated: 10 };

const unforced: Advice = {
  change:
    'no setting of the lab: e2fsck without -f takes the word of the journal, and leaves out a file system that is marked clean',
  risk: 'damage that the journal knows nothing of stays in the file system, and is written on',
  source: 'e2fsck(8), -f',
};

/**
 * Boundaries in the order of haresources: drbddisk, Filesystem, then the script of the virtual machine, which takes the address
 * before it boots it.
 */
export function phases(takeover: Takeover, settings: Settings): PhaseMarker[] {
  const { to } = takeover;
  return [
    ...takeoverBegins(takeover, settings),
    { name: 'promote', matches: either(on(to, 'promoted'), on(to, 'resource-starting', 'Filesystem')) },
    { name: 'mount', matches: either(on(to, 'mounted', 'drbd0'), on(to, 'resource-starting', 'vm')) },
    { name: 'address', matches: either(on(to, 'address-announced'), on(to, 'address-holder')) },
    { name: 'boot', matches: on(to, 'vm-up'), governedBy: 'the kernel of the virtual machine' },
    {
      name: 'fsck',
      matches: on(to, 'vm-checked'),
      governedBy: 'e2fsck -f in the virtual machine',
      shorten: [unforced],
    },
    {
      name: 'serve',
      matches: either(on(to, 'vm-serving'), on(to, 'connection-accepted'), on(to, 'serving')),
    },
    {
      name: 'reconnect',
      matches: () => false,
      governedBy: webGovernedBy(settings),
      shorten: [soonerGivenUp],
    },
  ];
}

/**
 * An upper bound that a healthy cluster keeps, term by term. Where nothing starts the virtual machine, no bound holds: the
 * budget stays that of a cluster which does, so that a run fails on it.
 */
export function budget(takeover: Takeover, settings: Settings): Budget {
  const host = takeover.emulated ? 'emulated' : 'accelerated';
  const stop = numberSetting(settings, 'vm.stopSeconds');
  return budgetOf([
    ...awayTerms(takeover, settings, { starts: ['promote', 'mount', 'address'] }),
    ...(takeover.cause === 'planned'
      ? [
          {
            name: 'shutdown of the virtual machine',
            seconds: stop,
            from: `vm.stopSeconds=${String(stop)}: then it is killed`,
            phases: ['release'],
          },
        ]
      : []),
    {
      name: 'boot of the virtual machine',
      seconds: bootSeconds[host],
      from: flagSetting(settings, 'vm.autostart')
        ? `allowance for its kernel, the check of its file system and its server, on ${host} machines`
        : 'what it would be allowed; vm.autostart=off, so nothing boots it',
      phases: ['boot', 'fsck', 'serve'],
    },
    ...webClientTerms(settings),
  ]);
}

/** Booting the virtual machine and stopping it are work, no timers: vm.stopSeconds ends only one that hangs. */
export function timing(takeover: Takeover, settings: Settings): Timing {
  return haresourcesTiming(takeover, settings, webClientTiming(settings));
}

export function patience(settings: Settings): Patience {
  return takeoverPatience(settings, (takeover) => budget(takeover, settings));
}
