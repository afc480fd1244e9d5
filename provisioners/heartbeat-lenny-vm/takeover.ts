import { flagSetting, numberSetting } from '../../lab/settings.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { awayTerms, takeoverBegins, takeoverPatience } from '../parts/haresources-takeover.ts';
import { budgetOf, either, on } from '../parts/takeover.ts';

/**
 * Seconds from the start of the virtual machine to its first answer: kernel, check of the file system, server. In emulated nodes
 * it took 15 to 19 s, on a busy host twice as long.
 */
const bootSeconds = { emulated: 45, accelerated: 10 };

/**
 * Boundaries in the order of haresources: drbddisk, Filesystem, then the script of the virtual machine, which takes the address
 * before it boots it.
 */
export function phases(takeover: Takeover, settings: Settings): PhaseMarker[] {
  const { to } = takeover;
  return [
    takeoverBegins(takeover, settings),
    { name: 'promote', matches: either(on(to, 'promoted'), on(to, 'resource-starting', 'Filesystem')) },
    { name: 'mount', matches: either(on(to, 'mounted', 'drbd0'), on(to, 'resource-starting', 'vm')) },
    { name: 'address', matches: either(on(to, 'address-announced'), on(to, 'address-holder')) },
    { name: 'boot', matches: on(to, 'vm-up'), governedBy: 'the kernel of the virtual machine' },
    { name: 'fsck', matches: on(to, 'vm-checked'), governedBy: 'e2fsck -f in the virtual machine' },
    {
      name: 'serve',
      matches: either(on(to, 'vm-serving'), on(to, 'connection-accepted'), on(to, 'serving')),
    },
    {
      name: 'reconnect',
      matches: () => false,
      governedBy: `http.timeoutSeconds=${String(numberSetting(settings, 'http.timeoutSeconds'))}`,
    },
  ];
}

/**
 * An upper bound that a healthy cluster keeps, term by term. Where nothing starts the virtual machine, no bound holds: the
 * budget stays that of a cluster which does, so that a run fails on it.
 */
export function budget(takeover: Takeover, settings: Settings): Budget {
  const timeout = numberSetting(settings, 'http.timeoutSeconds');
  const host = takeover.emulated ? 'emulated' : 'accelerated';
  const stop = numberSetting(settings, 'vm.stopSeconds');
  return budgetOf([
    ...awayTerms(takeover, settings),
    ...(takeover.cause === 'planned'
      ? [
          {
            name: 'shutdown of the virtual machine',
            seconds: stop,
            from: `vm.stopSeconds=${String(stop)}: then it is killed`,
          },
        ]
      : []),
    {
      name: 'boot of the virtual machine',
      seconds: bootSeconds[host],
      from: flagSetting(settings, 'vm.autostart')
        ? `allowance for its kernel, the check of its file system and its server, on ${host} machines`
        : 'what it would be allowed; vm.autostart=off, so nothing boots it',
    },
    {
      name: 'patience of the clients',
      seconds: timeout,
      from: `http.timeoutSeconds=${String(timeout)}: a request that was sent to the dead server holds the next one up until it is given up`,
    },
  ]);
}

export function patience(settings: Settings): Patience {
  return takeoverPatience(settings, (takeover) => budget(takeover, settings));
}
