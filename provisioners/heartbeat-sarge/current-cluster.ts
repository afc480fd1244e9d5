import type { PlanSection } from '../../lab/plan.ts';
import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Secrets, Settings } from '../../lab/stack.ts';
import { addressOn, serversOf } from '../../lab/topology.ts';
import { drbdResource } from '../parts/drbd.ts';
import { firstStart } from '../parts/drbd-start.ts';
import { authKeysStep, seeEachOther, startClusterSteps, timesOf } from '../parts/heartbeat-steps.ts';
import { hasSerialLine } from '../parts/heartbeat-media.ts';
import { haCf, haResources } from '../parts/heartbeat.ts';
import { usedDevice } from '../parts/loop-disk.ts';
import { nfsResourceScript } from '../parts/nfs-server.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout, topology } from './layout.ts';

const machines = topology('current');
const servers = serversOf(machines).map((node) => node.name);
const [first = '', second = ''] = servers;
const { device, mountPoint, resource } = layout;

/** Sections 5 to 9 of the article: DRBD, the state of NFS, heartbeat, the first look at it. */
export function clusterSections(settings: Settings, secrets: Secrets): PlanSection[] {
  return [drbdInstall(settings), drbdSetup(), nfsState(), heartbeat(settings, secrets), firstTests()];
}

function drbdInstall(settings: Settings): PlanSection {
  return {
    title: 'DRBD',
    articleSection: section.drbdInstall,
    text: 'The kernel brings the module of DRBD 8.4; nothing is compiled. The options of 0.7 have moved: protocol to net, the rate to disk, incon-degr-cmd to a handler.',
    steps: [
      packages(servers, ['drbd-utils']),
      file(
        servers,
        `/etc/drbd.d/${resource}.res`,
        drbdResource({
          name: resource,
          device,
          disk: usedDevice({ device: '/dev/loop0', covered: layout.dataDisk }),
          metaDisk: '/dev/loop1',
          protocol: textSetting(settings, 'drbd.protocol'),
          resyncRateMib: numberSetting(settings, 'drbd.resyncRate'),
          nodes: servers.map((name) => ({
            name,
            address: addressOn(machines, name, 'cluster'),
            port: layout.drbdPort,
          })),
          init: { inconsistentCommand: 'halt -f -f' },
          activityLogExtents: 257,
        }),
      ),
    ],
  };
}

function drbdSetup(): PlanSection {
  return {
    title: 'First start of DRBD',
    articleSection: section.drbdSetup,
    text: `${first} is to be the first NFS server, ${second} the hot standby.`,
    steps: firstStart(servers, layout),
  };
}

function nfsState(): PlanSection {
  return {
    title: 'State of the NFS server on the replicated device',
    articleSection: section.nfsState,
    text: '/var/lib/nfs holds who mounted what and who holds which lock. On the replicated device it moves with the service.',
    steps: [
      run(servers, `Create ${mountPoint}`, [`mkdir -p ${mountPoint}`]),
      run(
        [first],
        'Move /var/lib/nfs and create the export',
        [
          `mount -t ext4 ${device} ${mountPoint}`,
          `mv /var/lib/nfs ${mountPoint}/nfs`,
          `ln -s ${mountPoint}/nfs /var/lib/nfs`,
          `mkdir -p ${layout.exported}/${layout.recordsFolder}`,
          `umount ${mountPoint}`,
          `drbdadm secondary ${resource}`,
        ],
        { why: 'The owners of sm, sm.bak and state stay: statd runs as the user they belong to.' },
      ),
      run([second], 'Point /var/lib/nfs at the same place', [
        'rm -rf /var/lib/nfs',
        `ln -s ${mountPoint}/nfs /var/lib/nfs`,
      ]),
    ],
  };
}

function heartbeat(settings: Settings, secrets: Secrets): PlanSection {
  return {
    title: 'heartbeat',
    articleSection: section.heartbeat,
    text: `heartbeat 3.0.6 still manages resources by itself, from haresources, as in the article. All files are alike on both servers. It speaks on ${layout.nic}${hasSerialLine(settings) ? ' and the serial line' : ''}.`,
    steps: [
      packages(servers, ['heartbeat']),
      file(
        servers,
        '/etc/ha.d/ha.cf',
        haCf({
          ...timesOf(settings),
          interfaces: [layout.nic],
          ...(hasSerialLine(settings) ? { serial: { device: layout.serialPort, baud: layout.baud } } : {}),
          nodes: servers,
        }),
      ),
      file(
        servers,
        '/etc/ha.d/haresources',
        haResources(layout.preferred, [
          ['IPaddr', `${layout.service}/24/${layout.nic}`],
          ['drbddisk', resource],
          ['Filesystem', device, mountPoint, 'ext4'],
          ['nfs-kernel-server'],
        ]),
        { why: 'ext4: the ext3 driver of the article is gone from the kernel. The order is the article’s.' },
      ),
      authKeysStep(servers, secrets),
      file(servers, '/etc/ha.d/resource.d/nfs-kernel-server', nfsResourceScript, {
        mode: 0o755,
        why: 'heartbeat looks here before /etc/init.d. The packaged init script hands over to systemd: its status never says "running", and its stop leaves statd and nfsdcld inside /data, which then cannot be unmounted.',
      }),
      ...startClusterSteps(servers),
    ],
  };
}

function firstTests(): PlanSection {
  return {
    title: 'First look',
    articleSection: section.tests,
    text: `${first} must show the service address and ${mountPoint}, ${second} neither.`,
    steps: [
      ...seeEachOther(servers),
      wait(
        [first],
        'the service to run',
        `ip -4 -o addr show dev ${layout.nic}; cat /proc/fs/nfsd/threads; ` +
          `ip -4 -o addr show dev ${layout.nic} | grep -q ' ${layout.service}/' && ` +
          `grep -q '^${device} ${mountPoint} ' /proc/mounts && ` +
          '/etc/ha.d/resource.d/nfs-kernel-server status',
        { timeoutMs: 300_000 },
      ),
      wait(
        [second],
        'the standby to hold nothing',
        `cat /proc/drbd; ! ip -4 -o addr show dev ${layout.nic} | grep -q ' ${layout.service}/' && ! grep -q '^${device} ' /proc/mounts`,
      ),
    ],
  };
}
