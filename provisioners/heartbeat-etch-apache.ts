import { debian12 } from '../lab/platforms/debian-12.ts';
import { debianEtch } from '../lab/platforms/debian-etch.ts';
import { flagSetting, numberSetting } from '../lab/settings.ts';
import type { Stack } from '../lab/stack.ts';
import { currentPlan } from './heartbeat-etch-apache/current.ts';
import { errata } from './heartbeat-etch-apache/errata.ts';
import { health, redundant } from './heartbeat-etch-apache/health.ts';
import { layout, serviceAddresses, topology } from './heartbeat-etch-apache/layout.ts';
import { monitors } from './heartbeat-etch-apache/monitors.ts';
import { periodPlan } from './heartbeat-etch-apache/period.ts';
import { readBack } from './heartbeat-etch-apache/read-back.ts';
import { active } from './heartbeat-etch-apache/server-state.ts';
import { settings, validate } from './heartbeat-etch-apache/settings.ts';
import { budget, patience, phases, timing } from './heartbeat-etch-apache/takeover.ts';
import { drbdAnatomy, heartbeatAnatomy, heartbeatDaemon, heartbeatPaths } from './parts/anatomy.ts';
import { hasSerialLine } from './parts/heartbeat-media.ts';
import { versionsOf } from './parts/versions.ts';

/** Apache on DRBD, moved by heartbeat over a crossed cable: "Serveur Linux haute disponibilité" of 2007. */
export const heartbeatEtchApache: Stack = {
  name: 'heartbeat-etch-apache',
  title: 'Highly available Apache with DRBD, heartbeat (haresources) and alerts by mail',
  article: {
    title: 'Serveur Linux haute disponibilité (Highly available Linux server)',
    author: 'not named; the machines are of morot.local',
    date: 'undated; its listings are of 18 and 19 September 2007',
    language: 'fr',
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
          networks: {
            service: 'cluster',
            replication: 'crossover',
            ...heartbeatPaths(values, hasSerialLine(values) ? 'cluster' : 'crossover'),
          },
          daemons: [heartbeatDaemon, { process: 'apache2', service: 'apache2' }],
          replication: drbdAnatomy({
            resource: layout.resource,
            tcpPort: layout.drbdPort,
            mountPoint: layout.mountPoint,
            backingDisk: layout.dataDisk,
          }),
        },
  service: (edition) =>
    edition === 'period'
      ? {
          address: '192.168.69.16',
          furtherAddresses: ['192.168.69.100'],
          network: 'lan',
          tcpPort: 80,
          path: '/',
        }
      : {
          address: layout.service,
          furtherAddresses: [layout.secondService],
          network: 'cluster',
          tcpPort: layout.port,
          path: '/',
        },
  preferredActive: (edition) => (edition === 'period' ? 'debian1' : layout.preferred),
  health,
  active,
  redundant,
  monitors,
  workload: (values) => ({
    kind: 'http-put',
    addresses: serviceAddresses,
    port: layout.port,
    directory: layout.uploads,
    intervalMs: numberSetting(values, 'probe.intervalMs'),
    timeoutMs: 1000 * numberSetting(values, 'http.timeoutSeconds'),
    readEvery: 20,
  }),
  detectionMs: (values) => numberSetting(values, 'deadtime') * 1000,
  heartbeatIntervalMs: (values) => numberSetting(values, 'keepalive') * 1000,
  failsBack: (values) => flagSetting(values, 'autoFailback'),
  phases,
  budget,
  timing,
  patience,
  readBack: (lab, probes, _values, signal) => readBack(lab, probes, signal),
  versionsCommand: versionsOf([
    'heartbeat',
    'drbd-utils',
    'apache2',
    'opensmtpd',
    'e2fsprogs',
    'chrony',
    'rsyslog',
  ]),
  logFiles: [
    '/var/log/syslog',
    layout.haLog,
    layout.kernelLog,
    layout.mailLog,
    layout.mailbox,
    '/var/log/apache2/error.log',
    '/etc/ha.d/ha.cf',
    '/etc/ha.d/haresources',
    `/etc/drbd.d/${layout.resource}.res`,
  ],
};
