import { debian12 } from '../lab/platforms/debian-12.ts';
import { debianSarge } from '../lab/platforms/debian-sarge.ts';
import { flagSetting, numberSetting } from '../lab/settings.ts';
import type { Stack } from '../lab/stack.ts';
import { currentPlan } from './heartbeat-sarge/current.ts';
import { errata } from './heartbeat-sarge/errata.ts';
import { health, redundant } from './heartbeat-sarge/health.ts';
import { layout, recordsDirectory, replicated, topology } from './heartbeat-sarge/layout.ts';
import { monitors } from './heartbeat-sarge/monitors.ts';
import { periodPlan } from './heartbeat-sarge/period.ts';
import { active } from './heartbeat-sarge/server-state.ts';
import { probeIntervalMs, settings, validate } from './heartbeat-sarge/settings.ts';
import { budget, patience, phases, timing } from './heartbeat-sarge/takeover.ts';
import {
  drbdAnatomy,
  heartbeatAnatomy,
  heartbeatDaemon,
  heartbeatPaths,
  mountDaemon,
  mountsAgain,
} from './parts/anatomy.ts';
import { readBack } from './parts/read-back.ts';
import { versionsOf } from './parts/versions.ts';

/** NFS on DRBD, moved by heartbeat: "Setting Up A Highly Available NFS Server" of 2006. */
export const heartbeatSarge: Stack = {
  name: 'heartbeat-sarge',
  title: 'Highly available NFS with DRBD and heartbeat (haresources)',
  article: {
    title: 'Einen hoch-verfügbaren NFS Server aufsetzen (Setting Up A Highly Available NFS Server)',
    author: 'Falko Timme',
    date: '03/07/2006',
    language: 'de',
  },
  editions: ['current', 'period'],
  settings,
  validate,
  topology,
  platform: (edition) => (edition === 'period' ? debianSarge : debian12),
  plan: (edition, values, secrets) =>
    edition === 'period' ? periodPlan(values) : currentPlan(values, secrets),
  errata,
  secretNames: ['authkeys'],
  anatomy: (edition, values) =>
    edition === 'period'
      ? undefined
      : {
          ...heartbeatAnatomy(values),
          networks: { service: 'cluster', replication: 'cluster', ...heartbeatPaths(values, 'cluster') },
          daemons: [heartbeatDaemon, mountDaemon],
          replication: drbdAnatomy({
            resource: layout.resource,
            tcpPort: layout.drbdPort,
            mountPoint: layout.mountPoint,
            backingDisk: layout.dataDisk,
          }),
          clientReturns: mountsAgain(() => `mount ${layout.clientMountPoint}`),
        },
  service: (edition) =>
    edition === 'period'
      ? { address: '192.168.0.174', network: 'lan', tcpPort: 2049, path: '/data/export' }
      : { address: layout.service, network: 'cluster', tcpPort: 2049, path: layout.exported },
  preferredActive: (edition) => (edition === 'period' ? 'server1' : layout.preferred),
  health,
  active,
  redundant,
  monitors,
  workload: (values) => ({
    kind: 'nfs-append',
    directory: recordsDirectory,
    intervalMs: probeIntervalMs(values),
  }),
  detectionMs: (values) => numberSetting(values, 'deadtime') * 1000,
  heartbeatIntervalMs: (values) => numberSetting(values, 'keepalive') * 1000,
  failsBack: (values) => flagSetting(values, 'autoFailback'),
  phases,
  budget,
  timing,
  patience,
  readBack: async (lab, probes, _values, signal) =>
    await readBack(lab, await active(lab), probes, replicated, signal),
  versionsCommand: versionsOf([
    'heartbeat',
    'drbd-utils',
    'nfs-kernel-server',
    'nfs-common',
    'e2fsprogs',
    'chrony',
    'rsyslog',
  ]),
  logFiles: [
    '/var/log/syslog',
    layout.haLog,
    layout.kernelLog,
    '/etc/ha.d/ha.cf',
    '/etc/ha.d/haresources',
    `/etc/drbd.d/${layout.resource}.res`,
  ],
};
