import { centos7 } from '../lab/platforms/centos-7.ts';
import { debian12 } from '../lab/platforms/debian-12.ts';
import { numberSetting } from '../lab/settings.ts';
import type { Stack } from '../lab/stack.ts';
import { clientMountCommand, currentPlan } from './pacemaker-centos7/current.ts';
import { errata } from './pacemaker-centos7/errata.ts';
import { health, redundant } from './pacemaker-centos7/health.ts';
import { layout, recordsDirectory, replicated, topology } from './pacemaker-centos7/layout.ts';
import { monitors } from './pacemaker-centos7/monitors.ts';
import { periodPlan } from './pacemaker-centos7/period.ts';
import { active } from './pacemaker-centos7/server-state.ts';
import { fences, settings, validate } from './pacemaker-centos7/settings.ts';
import { budget, detectionMs, patience, phases, timing } from './pacemaker-centos7/takeover.ts';
import {
  clusterServiceAnatomy,
  drbdAnatomy,
  mountDaemon,
  mountsAgain,
  pacemakerMoves,
} from './parts/anatomy.ts';
import { tokenRetransmitMs } from './parts/corosync.ts';
import { agentMonitorCommand } from './parts/nfsserver-agent.ts';
import { readBack } from './parts/read-back.ts';
import { versionsOf } from './parts/versions.ts';

/** dc-deadtime of Pacemaker, its default (pacemaker-controld(7)). */
const lonelyControllerSeconds = 20;

/** NFS on DRBD, moved by Pacemaker: an article on CentOS 7 of 2016. */
export const pacemakerCentos7: Stack = {
  name: 'pacemaker-centos7',
  title: 'Highly available NFS with DRBD, Pacemaker and Corosync',
  article: {
    title: 'CentOS 7 で DRBD/Pacemaker/Corosync で High Availability NFS',
    author: 'not named',
    date: '06/2016',
    language: 'ja',
  },
  editions: ['current', 'period'],
  settings,
  validate,
  needs: (values) => (fences(values) ? [{ capability: 'fence', setting: 'fencing=host' }] : []),
  topology,
  platform: (edition) => (edition === 'period' ? centos7 : debian12),
  plan: (edition, values) => (edition === 'period' ? periodPlan(values) : currentPlan(values)),
  errata,
  secretNames: [],
  anatomy: (edition, values) =>
    edition === 'period'
      ? undefined
      : {
          networks: { service: 'cluster', replication: 'cluster', heartbeat: ['cluster'] },
          ...clusterServiceAnatomy('pacemaker'),
          daemons: [
            { process: 'corosync', service: 'pacemaker' },
            { process: 'pacemakerd', service: 'pacemaker' },
            mountDaemon,
          ],
          fences: fences(values),
          bootAlone: {
            waitMs: 1000 * lonelyControllerSeconds,
            from: `dc-deadtime=${String(lonelyControllerSeconds)}s of Pacemaker, which looks for another controller as long`,
          },
          replication: drbdAnatomy({
            resource: layout.resource,
            tcpPort: layout.port,
            mountPoint: layout.mountPoint,
            backingDisk: layout.dataDisk,
          }),
          moves: pacemakerMoves('drbd-master'),
          clientReturns: mountsAgain(() => clientMountCommand(values)),
        },
  service: () => ({ address: layout.service, network: 'cluster', tcpPort: 2049, path: layout.exported }),
  preferredActive: () => layout.preferred,
  health,
  active,
  redundant,
  monitors,
  workload: (values) => ({
    kind: 'nfs-append',
    directory: recordsDirectory,
    intervalMs: numberSetting(values, 'probe.intervalMs'),
  }),
  detectionMs,
  heartbeatIntervalMs: (values) => tokenRetransmitMs(numberSetting(values, 'token')),
  failsBack: () => false,
  phases,
  budget,
  timing,
  patience,
  readBack: async (lab, probes, _values, signal) =>
    await readBack(lab, await active(lab), probes, replicated, signal),
  versionsCommand:
    versionsOf([
      'corosync',
      'pacemaker',
      'resource-agents',
      'drbd-utils',
      'nfs-kernel-server',
      'nfs-common',
      'xfsprogs',
      'chrony',
      'rsyslog',
    ]) +
    '; ' +
    `[ ! -e ${layout.nfsserverAgent} ] || echo "monitor-of-nfsserver-agent $(${agentMonitorCommand(layout.nfsserverAgent)})"`,
  logFiles: [
    '/var/log/syslog',
    layout.clusterLog,
    layout.kernelLog,
    layout.corosyncLog,
    layout.pacemakerLog,
    '/etc/corosync/corosync.conf',
    layout.cib,
    `/etc/drbd.d/${layout.resource}.res`,
  ],
};
