import type { Timing } from '../../lab/prediction.ts';
import type { Advice } from '../../lab/record.ts';
import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Budget, Patience, PhaseMarker, Settings, Takeover } from '../../lab/stack.ts';
import { soonerDead, soonerServing } from '../parts/advice.ts';
import { consensusMs, tokenRetransmitMs } from '../parts/corosync.ts';
import { silenceOfDrbd } from '../parts/haresources-timing.ts';
import { nfsClientTerms, nfsClientTiming, reconnectGovernedBy } from '../parts/nfs-client.ts';
import type { NfsMount } from '../parts/nfs-client.ts';
import { budgetOf, drbdSilenceSeconds, either, on, patienceFor, sum } from '../parts/takeover.ts';
import { groupOrder } from './resources.ts';
import { fences } from './settings.ts';

/**
 * How long Pacemaker and its agents may take, in seconds: a new designated controller is elected, decides, notifies and promotes
 * DRBD, and starts the group, each step several processes. Emulated machines took 20 to 32 s, half of it the NFS server's.
 */
const resourcesSeconds = { emulated: 45, accelerated: 10 };
/** Pacemaker decides to fence, starts its agent, and the host resets the machine. */
const fenceSeconds = { emulated: 15, accelerated: 5 };
/** Stopping the group and demoting DRBD. */
const releaseSeconds = { emulated: 30, accelerated: 10 };
/** Time between two tries of the agent's promotion while DRBD refuses it (ocf:linbit:drbd, drbd_promote). */
const promoteAgainSeconds = 1;
/** DRBD where nothing says otherwise: 1.6 MB/s, as the article's own status shows (1,720 K/sec). */
const ownResyncMib = 1.6;

/** Members of the group that there can be, and the phases in which they start. */
const phaseOf: Readonly<Record<string, string>> = {
  fs: 'mount',
  vip: 'address',
  nfsserver: 'serve',
  exportfs: 'export',
};

/** A cloned server, and what is exported on both, are there already: no phase waits for them. */
function groupPhases(settings: Settings): string[] {
  return groupOrder(settings).flatMap((member) => phaseOf[member] ?? []);
}

/** How long Corosync takes a silent server for a living one: until the token is lost, then until all others agree. */
export function detectionMs(settings: Settings): number {
  const token = numberSetting(settings, 'token');
  return token + consensusMs(token);
}

const unfenced: Advice = {
  change: 'fencing=none: nobody waits until the lost server is powered off, and this phase does not happen',
  risk: 'a server that is silent and alive goes on writing while the other one takes over: both hold the service, and the replicas diverge',
  source: 'Pacemaker Explained, Fencing',
};

/** Boundaries in the order of the group. */
export function phases({ cause, from, to }: Takeover, settings: Settings): PhaseMarker[] {
  const decided = on(to, 'resource-starting', 'drbd');
  const begin: PhaseMarker[] =
    cause === 'node-lost'
      ? [
          {
            name: 'detect',
            matches: on(to, 'peer-dead', from),
            governedBy: `token=${String(numberSetting(settings, 'token'))}`,
            shorten: soonerDead({
              name: 'token',
              seconds: detectionMs(settings) / 1000,
              gain: 'each second less takes 2.2 s off this phase, since consensus is 1.2 times the token',
              guard: fences(settings)
                ? '; it is then powered off and on'
                : '; nothing fences it, so both then hold the service',
              source: 'corosync.conf(5), token and consensus',
            }),
          },
          ...(fences(settings)
            ? [
                {
                  name: 'fence',
                  matches: on(to, 'fenced', from),
                  governedBy: 'fencing=host',
                  shorten: [unfenced],
                },
              ]
            : []),
          { name: 'decide', matches: decided },
        ]
      : [{ name: 'release', matches: decided }];
  const matching: Record<string, PhaseMarker['matches']> = {
    mount: either(on(to, 'mounted', 'drbd0'), on(to, 'resource-started', 'fs')),
    address: on(to, 'resource-started', 'vip'),
    serve: on(to, 'resource-started', 'nfsserver'),
    export: either(on(to, 'serving'), on(to, 'resource-started', 'exportfs')),
  };
  return [
    ...begin,
    { name: 'promote', matches: either(on(to, 'promoted'), on(to, 'resource-started', 'drbd')) },
    ...groupPhases(settings).flatMap((name) => {
      const matches = matching[name];
      return matches === undefined ? [] : [{ name, matches }];
    }),
    {
      name: 'reconnect',
      matches: () => false,
      governedBy: reconnectGovernedBy(mountOf(settings)),
      shorten: [soonerServing],
    },
  ];
}

/** An upper bound that a healthy cluster keeps, term by term. */
export function budget({ cause, emulated }: Takeover, settings: Settings): Budget {
  const host = emulated ? 'emulated' : 'accelerated';
  const token = numberSetting(settings, 'token');
  const until =
    cause === 'node-lost'
      ? [
          {
            name: 'token',
            seconds: token / 1000,
            from: `token=${String(token)}: so long Corosync waits for the token before it forms a new membership`,
            phases: ['detect'],
          },
          {
            name: 'consensus',
            seconds: consensusMs(token) / 1000,
            from: '1.2 times the token: so long it waits for the lost node to agree (corosync.conf(5))',
            phases: ['detect'],
          },
          {
            name: 'silence of DRBD',
            seconds: Math.max(0, drbdSilenceSeconds * 1000 - detectionMs(settings)) / 1000,
            from: 'ping-int 10 s and ping-timeout 0.5 s of DRBD, as far as they outlast Corosync: until then promotion is refused',
            phases: ['promote'],
          },
          {
            name: 'another try',
            seconds: promoteAgainSeconds,
            from: 'the agent of DRBD tries a refused promotion again after a second',
            phases: ['promote'],
          },
          ...(fences(settings)
            ? [
                {
                  name: 'fence',
                  seconds: fenceSeconds[host],
                  from: `allowance for the agent that has the lost server powered off and on, on ${host} machines`,
                  phases: ['fence'],
                },
              ]
            : []),
        ]
      : [
          {
            name: 'release',
            seconds: releaseSeconds[host],
            from: 'allowance for the agents that stop the group and demote DRBD',
            phases: ['release'],
          },
        ];
  // The election comes before the fencing, the decision about the group after it.
  const deciding = cause === 'planned' ? [] : fences(settings) ? ['fence', 'decide'] : ['decide'];
  const served = [
    ...until,
    {
      name: 'takeover',
      seconds: resourcesSeconds[host],
      from: `allowance for election, decision and the agents that promote DRBD and start the group, on ${host} machines`,
      phases: [...deciding, 'promote', ...groupPhases(settings)],
    },
  ];
  const client = nfsClientTerms(sum(served), mountOf(settings));
  return budgetOf([...served, ...client]);
}

function mountOf(settings: Settings): NfsMount {
  return { options: textSetting(settings, 'nfs.mountOptions') };
}

/**
 * Token and consensus. Fencing has no timer: its agent waits for the host alone, so its time is work, as that of the agents. Of a
 * planned takeover there are no timers, only agents.
 */
export function timing({ cause }: Takeover, settings: Settings): Timing {
  const token = numberSetting(settings, 'token');
  const seconds = detectionMs(settings) / 1000;
  const roundSeconds = tokenRetransmitMs(token) / 1000;
  const clients = nfsClientTiming(mountOf(settings));
  if (cause === 'planned') return { timers: [], clients, settings: ['token'] };
  return {
    timers: [
      {
        name: 'token and consensus',
        leastSeconds: seconds - roundSeconds,
        likelySeconds: seconds - roundSeconds / 2,
        mostSeconds: seconds,
        from: `token=${String(token)} counts from the last token, which is up to ${roundSeconds.toFixed(1)} s old when the fault comes; consensus is 1.2 times the token`,
      },
      silenceOfDrbd(seconds),
      {
        name: 'another try',
        leastSeconds: 0,
        likelySeconds: promoteAgainSeconds / 2,
        mostSeconds: promoteAgainSeconds,
        from: 'the agent of DRBD tries a refused promotion again after a second',
      },
    ],
    clients,
    settings: ['token'],
  };
}

/** How long to wait before a scenario gives a takeover up; never a pass mark. */
export function patience(settings: Settings): Patience {
  const rate = numberSetting(settings, 'drbd.resyncRate');
  return patienceFor({
    lostSeconds: budget({ cause: 'node-lost', from: '', to: '', emulated: true }, settings).seconds,
    plannedSeconds: budget({ cause: 'planned', from: '', to: '', emulated: true }, settings).seconds,
    // A transition that waits for the delayed first monitors goes before.
    joinSeconds:
      detectionMs(settings) / 1000 +
      numberSetting(settings, 'drbd.monitorDelay') +
      numberSetting(settings, 'nfsserver.monitorDelay'),
    resyncSeconds: numberSetting(settings, 'drbd.size') / (rate === 0 ? ownResyncMib : rate),
  });
}
