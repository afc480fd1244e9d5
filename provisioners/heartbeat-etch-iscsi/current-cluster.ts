import type { PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Secrets, Settings } from '../../lab/stack.ts';
import { addressOn, serversOf } from '../../lab/topology.ts';
import { drbdResource } from '../parts/drbd.ts';
import { firstStart } from '../parts/drbd-start.ts';
import { authKeysStep, seeEachOther, startClusterSteps, timesOf } from '../parts/heartbeat-steps.ts';
import { haCf, haResources } from '../parts/heartbeat.ts';
import { targetConf, targetDropIn, targetResourceScript } from '../parts/iscsi-target.ts';
import { mysqlSteps } from '../parts/mysql.ts';
import { nfsResourceScript } from '../parts/nfs-server.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout, lowerDevice, lunFiles, topology } from './layout.ts';
import { mysqlOptions, targetOf } from './settings.ts';

const machines = topology('current');
const servers = serversOf(machines).map((node) => node.name);
const [first = '', second = ''] = servers;
const { device, mountPoint, resource } = layout;

/** DRBD, what its device holds, MySQL, the target, heartbeat, the first look at them. */
export function clusterSections(settings: Settings, secrets: Secrets): PlanSection[] {
  return [
    drbdInstall(settings),
    drbdSetup(settings),
    mysql(settings),
    target(settings),
    heartbeat(settings, secrets),
    firstTests(settings),
  ];
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
          disk: lowerDevice,
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
        { why: 'The volume by its name: numbers of device-mapper follow the order of activation.' },
      ),
    ],
  };
}

function drbdSetup(settings: Settings): PlanSection {
  const ha = flagSetting(settings, 'iscsi.ha');
  return {
    title: 'First start of DRBD, and what its device holds',
    articleSection: section.drbdSetup,
    text: '/var/lib/nfs holds who mounted what and who holds which lock. On the replicated device it moves with the service.',
    steps: [
      ...firstStart(servers, layout),
      run(servers, `Create ${mountPoint}`, [`mkdir -p ${mountPoint}`]),
      run(
        [first],
        `Move /var/lib/nfs${ha ? ', create the export and the files behind the LUNs' : ' and create the export'}`,
        [
          `mount -t ext4 ${device} ${mountPoint}`,
          `mv /var/lib/nfs ${mountPoint}/nfs`,
          `ln -s ${mountPoint}/nfs /var/lib/nfs`,
          `mkdir -p ${layout.exported}/${layout.recordsFolder}`,
          ...(ha ? createLuns(settings) : []),
          `umount ${mountPoint}`,
          `drbdadm secondary ${resource}`,
        ],
        { timeoutMs: 300_000 },
      ),
      run([second], 'Point /var/lib/nfs at the same place', [
        'rm -rf /var/lib/nfs',
        `ln -s ${mountPoint}/nfs /var/lib/nfs`,
      ]),
    ],
  };
}

/** Files without holes: a write to a LUN then changes its own blocks and nothing else. */
function createLuns(settings: Settings): string[] {
  const files = lunFiles(flagSetting(settings, 'iscsi.ha'));
  return [
    `mkdir -p ${files[0]?.replace(/\/[^/]*$/, '') ?? ''}`,
    ...files.map(
      (path) =>
        `dd if=/dev/zero of=${path} bs=1M count=${String(numberSetting(settings, 'iscsi.lunSize'))} conv=fsync status=none`,
    ),
  ];
}

function mysql(settings: Settings): PlanSection {
  return {
    title: 'MySQL',
    articleSection: section.mysql,
    text: 'For openQRM, as in the article: on both servers, each with data of its own, no part of the cluster. root logs in over the socket, as the system’s root only; there is no password to take away.',
    steps: mysqlSteps(servers, mysqlOptions(settings)),
  };
}

function target(settings: Settings): PlanSection {
  const ha = flagSetting(settings, 'iscsi.ha');
  const where = ha ? servers : [first];
  return {
    title: 'The iSCSI target',
    articleSection: section.target,
    text: ha
      ? 'Not as in the article, whose target nobody takes over: the files are on the replicated device, and heartbeat starts the target. tgt keeps LUN 0 for itself, so the article’s LUNs 0 to 2 are 1 to 3.'
      : `As in the article: a service of ${first} alone, with files on its own disk, which nobody takes over. tgt keeps LUN 0 for itself, so the article’s LUNs 0 to 2 are 1 to 3.`,
    steps: [
      packages(where, ['tgt']),
      file(where, '/etc/tgt/conf.d/lab.conf', targetConf(targetOf(settings)), {
        why: 'write-cache off: what a client was told is written must be on both servers, or a takeover loses it.',
      }),
      ...(ha
        ? [
            run(servers, 'Take the target out of the boot and stop it', [
              '! systemctl is-enabled --quiet tgt.service || systemctl disable --no-reload tgt.service',
              'systemctl stop tgt.service',
            ]),
            file(servers, '/etc/systemd/system/tgt.service.d/lab.conf', targetDropIn(layout.service), {
              why: 'As packaged, the target takes connections before it has LUNs and drops them, which costs an initiator its whole login timeout; and its stop fails on sessions that are still ending, and is waited for until systemd kills it.',
            }),
            run(servers, 'Let systemd read it', ['systemctl daemon-reload']),
            file(servers, '/etc/ha.d/resource.d/iscsi-target', targetResourceScript, {
              mode: 0o755,
              why: 'heartbeat wants to hear "running" or "stopped", which systemctl does not say.',
            }),
          ]
        : [
            run([first], 'Create the files behind the LUNs', createLuns(settings)),
            run([first], 'Start the target, now and at every boot', [
              'systemctl enable --no-reload tgt.service',
              'systemctl restart tgt.service',
            ]),
          ]),
    ],
  };
}

function heartbeat(settings: Settings, secrets: Secrets): PlanSection {
  return {
    title: 'heartbeat',
    articleSection: section.heartbeat,
    text: 'heartbeat 3.0.6 still manages resources by itself, from haresources, as in the article. All files are alike on both servers.',
    steps: [
      packages(servers, ['heartbeat']),
      file(
        servers,
        '/etc/ha.d/ha.cf',
        haCf({ ...timesOf(settings), interfaces: [layout.nic], nodes: servers }),
      ),
      file(
        servers,
        '/etc/ha.d/haresources',
        haResources(layout.preferred, [
          ['IPaddr', `${layout.service}/24/${layout.nic}`],
          ['drbddisk', resource],
          ['Filesystem', device, mountPoint, 'ext4'],
          ['nfs-kernel-server'],
          ...(flagSetting(settings, 'iscsi.ha') ? [['iscsi-target']] : []),
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

function firstTests(settings: Settings): PlanSection {
  const ha = flagSetting(settings, 'iscsi.ha');
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
          '/etc/ha.d/resource.d/nfs-kernel-server status' +
          (ha ? ' && /etc/ha.d/resource.d/iscsi-target status' : ''),
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
