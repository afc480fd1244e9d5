import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import type {
  ClusterConfiguration,
  Constraint,
  Operation,
  Primitive,
  Resource,
} from '../parts/pacemaker-cib.ts';
import { fenceDevices } from '../parts/fencing.ts';
import { layout } from './layout.ts';
import { fences } from './settings.ts';

/** Id of the constraint that brings the service up on the first server, and is deleted then. */
export const firstPlace = 'first-place';

/** The article's properties, defaults, resources and constraints, and where the service is to come up. */
export function clusterConfiguration(
  settings: Settings,
  nodes: ClusterConfiguration['nodes'],
): ClusterConfiguration {
  const { resources, constraints } = inGroups(settings);
  const fenced = fences(settings)
    ? fenceDevices(nodes.map(({ name }) => name))
    : { resources: [], constraints: [] };
  return {
    properties: {
      'stonith-enabled': String(fences(settings)),
      'no-quorum-policy': quorumPolicy(settings),
      'start-failure-is-fatal': 'false',
      'load-threshold': `${String(numberSetting(settings, 'loadThreshold'))}%`,
    },
    defaults: {
      'migration-threshold': String(numberSetting(settings, 'migrationThreshold')),
      'resource-stickiness': String(settings['stickiness']),
      'failure-timeout': `${String(numberSetting(settings, 'failureTimeout'))}s`,
    },
    nodes,
    resources: [drbd(settings), ...resources, ...fenced.resources],
    constraints: [
      {
        kind: 'colocation',
        resource: 'group-nfs',
        with: 'drbd-master',
        withRole: 'Promoted',
        score: 'INFINITY',
      },
      { kind: 'order', first: 'drbd-master', firstAction: 'promote', then: 'group-nfs' },
      ...constraints,
      ...fenced.constraints,
      {
        kind: 'location',
        id: firstPlace,
        resource: 'drbd-master',
        role: 'Promoted',
        node: layout.preferred,
        score: '100',
      },
    ],
  };
}

/**
 * With ignore, a server that was fenced while the network is cut would boot alone, and fence the one that serves. With stop it waits
 * until it has seen the other (two_node implies wait_for_all), and the survivor keeps its quorum (votequorum(5)).
 */
export function quorumPolicy(settings: Settings): 'ignore' | 'stop' {
  return fences(settings) ? 'stop' : 'ignore';
}

/** Names of the members of group-nfs in the order in which they start. */
export function groupOrder(settings: Settings): string[] {
  const exports = { agent: ['nfsserver', 'exportfs'], cloned: [], 'cloned-subdir': ['exportfs'] };
  const moving = exports[textSetting(settings, 'nfsserver') as keyof typeof exports];
  return textSetting(settings, 'order') === 'article' ? ['fs', 'vip', ...moving] : ['fs', ...moving, 'vip'];
}

/** The group, and what runs on both servers beside it. */
function inGroups(settings: Settings): { resources: Resource[]; constraints: Constraint[] } {
  const all = [fs(settings), vip(settings), nfsserver(settings), exportfs(settings)];
  const group: Resource = {
    kind: 'group',
    id: 'group-nfs',
    members: groupOrder(settings).flatMap((id) => all.filter((primitive) => primitive.id === id)),
  };
  const onBoth = ({
    clone,
    of,
  }: {
    clone: string;
    of: Extract<Resource, { kind: 'clone' }>['of'];
  }): {
    resources: Resource[];
    constraints: Constraint[];
  } => ({
    resources: [{ kind: 'clone', id: clone, meta: {}, of }, group],
    constraints: [
      { kind: 'colocation', resource: 'group-nfs', with: clone, score: 'INFINITY' },
      { kind: 'order', first: clone, firstAction: 'start', then: 'group-nfs' },
    ],
  });
  switch (textSetting(settings, 'nfsserver')) {
    case 'cloned':
      return onBoth({
        clone: 'group-nfsserver-clone',
        of: { kind: 'group', id: 'group-nfsserver', members: [clonedServer, exportfs(settings)] },
      });
    case 'cloned-subdir':
      return onBoth({ clone: 'nfsserver-clone', of: clonedServer });
    default:
      return { resources: [group], constraints: [] };
  }
}

function drbd(settings: Settings): Resource {
  return {
    kind: 'clone',
    id: 'drbd-master',
    meta: { promotable: 'true', notify: 'true' },
    of: {
      kind: 'primitive',
      id: 'drbd',
      agent: 'ocf:linbit:drbd',
      params: { drbd_resource: layout.resource, drbdconf: '/etc/drbd.conf' },
      operations: [
        { name: 'start', interval: 0, timeout: 240, onFail: 'restart' },
        { name: 'stop', interval: 0, timeout: 100, onFail: 'block' },
        // The article leaves these three to pcs, which takes them from the agent.
        { name: 'promote', interval: 0, timeout: 90 },
        { name: 'demote', interval: 0, timeout: 90 },
        { name: 'notify', interval: 0, timeout: 90 },
        {
          name: 'monitor',
          interval: numberSetting(settings, 'drbd.monitorInterval'),
          timeout: 20,
          onFail: 'restart',
          startDelay: numberSetting(settings, 'drbd.monitorDelay'),
        },
      ],
    },
  };
}

function fs(settings: Settings): Primitive {
  return primitive('fs', 'ocf:heartbeat:Filesystem', {
    params: { device: layout.device, directory: layout.mountPoint, fstype: 'xfs' },
    operations: [...startStop(60), watched(settings, 60)],
  });
}

function vip(settings: Settings): Primitive {
  return primitive('vip', 'ocf:heartbeat:IPaddr2', {
    params: { ip: layout.service, cidr_netmask: '24', nic: layout.nic },
    operations: [...startStop(20), watched(settings, 20)],
  });
}

function nfsserver(settings: Settings): Primitive {
  return primitive('nfsserver', 'ocf:heartbeat:nfsserver', {
    params: { nfs_shared_infodir: layout.infoDirectory },
    operations: [
      { name: 'start', interval: 0, timeout: numberSetting(settings, 'nfsserver.startTimeout') },
      { name: 'stop', interval: 0, timeout: numberSetting(settings, 'nfsserver.stopTimeout') },
      {
        ...watched(settings, numberSetting(settings, 'nfsserver.monitorTimeout')),
        startDelay: numberSetting(settings, 'nfsserver.monitorDelay'),
      },
    ],
  });
}

const clonedServer: Primitive = primitive('nfsserver', 'systemd:nfs-server', {
  params: {},
  // The article leaves start and stop to pcs, which takes 100 s for systemd's.
  operations: [
    { name: 'start', interval: 0, timeout: 100 },
    { name: 'stop', interval: 0, timeout: 100 },
    { name: 'monitor', interval: 30, timeout: 100 },
  ],
});

function exportfs(settings: Settings): Primitive {
  const server = textSetting(settings, 'nfsserver');
  return primitive('exportfs', 'ocf:heartbeat:exportfs', {
    params: {
      clientspec: layout.network,
      options: 'rw,no_root_squash',
      directory: server === 'cloned' ? layout.mountPoint : layout.exported,
      fsid: 'root',
    },
    // Where the article says nothing, pcs takes the agent's values.
    operations: [
      { name: 'start', interval: 0, timeout: 40 },
      { name: 'stop', interval: 0, timeout: 120 },
      server === 'agent'
        ? { name: 'monitor', interval: numberSetting(settings, 'monitorInterval'), timeout: 20 }
        : { name: 'monitor', interval: 30, timeout: 20 },
    ],
  });
}

function primitive(id: string, agent: string, rest: Pick<Primitive, 'params' | 'operations'>): Primitive {
  return { kind: 'primitive', id, agent, ...rest };
}

function startStop(timeout: number): Operation[] {
  return [
    { name: 'start', interval: 0, timeout, onFail: 'restart' },
    { name: 'stop', interval: 0, timeout, onFail: 'block' },
  ];
}

function watched(settings: Settings, timeout: number): Operation {
  return {
    name: 'monitor',
    interval: numberSetting(settings, 'monitorInterval'),
    timeout,
    onFail: 'restart',
  };
}
