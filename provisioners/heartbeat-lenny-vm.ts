import { debian12 } from '../lab/platforms/debian-12.ts';
import { debianLenny } from '../lab/platforms/debian-lenny.ts';
import { flagSetting, numberSetting } from '../lab/settings.ts';
import type { Stack } from '../lab/stack.ts';
import { currentPlan } from './heartbeat-lenny-vm/current.ts';
import { errata } from './heartbeat-lenny-vm/errata.ts';
import { health, redundant } from './heartbeat-lenny-vm/health.ts';
import { guest, layout, topology, web } from './heartbeat-lenny-vm/layout.ts';
import { monitors } from './heartbeat-lenny-vm/monitors.ts';
import { periodPlan } from './heartbeat-lenny-vm/period.ts';
import { readBack } from './heartbeat-lenny-vm/read-back.ts';
import { active } from './heartbeat-lenny-vm/server-state.ts';
import { settings, validate } from './heartbeat-lenny-vm/settings.ts';
import { budget, patience, phases, timing } from './heartbeat-lenny-vm/takeover.ts';
import { drbdAnatomy, heartbeatAnatomy, heartbeatDaemon } from './parts/anatomy.ts';
import { versionsOf } from './parts/versions.ts';
import { consoleLog } from './parts/vm-host.ts';

/** Virtual machines on DRBD, moved by heartbeat over a cable: "Redundante Servervirtualisierung" of 2009. */
export const heartbeatLennyVm: Stack = {
  name: 'heartbeat-lenny-vm',
  title: 'Redundant virtual machines with DRBD and heartbeat (haresources)',
  article: {
    title: 'Redundante Servervirtualisierung (Redundant server virtualisation)',
    author: 'not named; a project at the company Sylphen',
    date: 'undated; its listing is of 19 June 2009',
    language: 'de',
  },
  editions: ['current', 'period'],
  settings,
  validate,
  topology,
  platform: (edition) => (edition === 'period' ? debianLenny : debian12),
  plan: (edition, values) => (edition === 'period' ? periodPlan(values) : currentPlan(values)),
  errata,
  secretNames: [],
  anatomy: (edition, values) =>
    edition === 'period'
      ? undefined
      : {
          ...heartbeatAnatomy(values),
          networks: { service: 'cluster', replication: 'crossover', heartbeat: ['crossover'] },
          daemons: [heartbeatDaemon],
          replication: drbdAnatomy({
            resource: layout.resource,
            tcpPort: layout.drbdPort,
            mountPoint: layout.mountPoint,
            backingDisk: layout.dataDisk,
          }),
        },
  // The article names no virtual machine: that of the period edition stands for any.
  service: (edition) => ({
    address: edition === 'period' ? '192.168.0.20' : layout.service,
    network: edition === 'period' ? 'lan' : 'cluster',
    tcpPort: layout.port,
    path: '/',
  }),
  preferredActive: (edition) => (edition === 'period' ? 'hauptserver' : layout.preferred),
  health,
  active,
  redundant,
  monitors,
  workload: (values) => ({
    kind: 'http-put',
    addresses: web.addresses,
    port: web.port,
    directory: guest.uploads,
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
    'user-mode-linux',
    'busybox-static',
    'e2fsprogs',
    'chrony',
    'rsyslog',
  ]),
  logFiles: [
    '/var/log/syslog',
    layout.haLog,
    layout.kernelLog,
    consoleLog,
    '/etc/ha.d/ha.cf',
    '/etc/ha.d/haresources',
    `/etc/drbd.d/${layout.resource}.res`,
  ],
};
