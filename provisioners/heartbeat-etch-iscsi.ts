import { debian12 } from '../lab/platforms/debian-12.ts';
import { debianEtch } from '../lab/platforms/debian-etch.ts';
import { flagSetting, numberSetting } from '../lab/settings.ts';
import type { Stack } from '../lab/stack.ts';
import { clientStartCommand } from './heartbeat-etch-iscsi/current-clients.ts';
import { currentPlan } from './heartbeat-etch-iscsi/current.ts';
import { errata } from './heartbeat-etch-iscsi/errata.ts';
import { health, redundant } from './heartbeat-etch-iscsi/health.ts';
import { layout, topology } from './heartbeat-etch-iscsi/layout.ts';
import { monitors } from './heartbeat-etch-iscsi/monitors.ts';
import { periodPlan } from './heartbeat-etch-iscsi/period.ts';
import { readBack } from './heartbeat-etch-iscsi/read-back.ts';
import { active } from './heartbeat-etch-iscsi/server-state.ts';
import { settings, validate } from './heartbeat-etch-iscsi/settings.ts';
import { budget, patience, phases, timing } from './heartbeat-etch-iscsi/takeover.ts';
import { drbdAnatomy, heartbeatAnatomy, heartbeatDaemon, mountsAgain } from './parts/anatomy.ts';
import { iscsiPort } from './parts/iscsi-initiator.ts';
import { versionsOf } from './parts/versions.ts';

/** NFS and iSCSI on DRBD over LVM, moved by heartbeat: "Building up a High-Available Server-environment" of 2007. */
export const heartbeatEtchIscsi: Stack = {
  name: 'heartbeat-etch-iscsi',
  title: 'Highly available NFS and iSCSI on DRBD over LVM, with heartbeat (haresources) and bonded cards',
  article: {
    title: 'Building up a High-Available Server-environment hosting Windows- and Linux-Server',
    author: 'Thomas Halinka',
    date: '2008-04-22, as copied; its kernel is that of 2007',
    language: 'en',
  },
  editions: ['current', 'period'],
  settings,
  validate,
  topology,
  platform: (edition) => (edition === 'period' ? debianEtch : debian12),
  plan: (edition, values, secrets) =>
    edition === 'period' ? periodPlan(values) : currentPlan(values, secrets),
  errata,
  secretNames: ['authkeys'],
  anatomy: (edition, values) =>
    edition === 'period'
      ? undefined
      : {
          ...heartbeatAnatomy(values),
          networks: { service: 'cluster', replication: 'cluster', heartbeat: ['cluster'] },
          daemons: [heartbeatDaemon, { process: 'tgtd', service: 'tgt' }],
          replication: drbdAnatomy({
            resource: layout.resource,
            tcpPort: layout.drbdPort,
            mountPoint: layout.mountPoint,
            // A logical volume is a device-mapper device itself.
            backingDisk: `${layout.volume.group}-${layout.volume.name}`,
          }),
          clientReturns: mountsAgain((client) => clientStartCommand(client, values)),
        },
  service: (edition) =>
    edition === 'period'
      ? { address: '192.168.178.174', network: 'storage', tcpPort: iscsiPort, path: layout.iqn }
      : { address: layout.service, network: 'cluster', tcpPort: iscsiPort, path: layout.iqn },
  preferredActive: (edition) => (edition === 'period' ? 'master' : layout.preferred),
  health,
  active,
  redundant,
  monitors,
  workload: (values) => ({
    kind: 'block-append',
    directory: layout.clientMountPoint,
    intervalMs: numberSetting(values, 'probe.intervalMs'),
  }),
  detectionMs: (values) => numberSetting(values, 'deadtime') * 1000,
  heartbeatIntervalMs: (values) => numberSetting(values, 'keepalive') * 1000,
  failsBack: (values) => flagSetting(values, 'autoFailback'),
  phases,
  budget,
  timing,
  patience,
  readBack,
  versionsCommand: versionsOf([
    'heartbeat',
    'drbd-utils',
    'lvm2',
    'nfs-kernel-server',
    'tgt',
    'open-iscsi',
    'mariadb-server',
    'e2fsprogs',
    'chrony',
    'rsyslog',
  ]),
  logFiles: [
    layout.systemLog,
    layout.haLog,
    layout.kernelLog,
    '/etc/ha.d/ha.cf',
    '/etc/ha.d/haresources',
    `/etc/drbd.d/${layout.resource}.res`,
    '/etc/tgt/conf.d/lab.conf',
    '/etc/network/interfaces.d/bond0',
    '/etc/iscsi/iscsid.conf',
  ],
};
