import type { PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Secrets, Settings } from '../../lab/stack.ts';
import { addressOn, serversOf } from '../../lab/topology.ts';
import { drbdResource } from '../parts/drbd.ts';
import { authKeys, haCf, haResources } from '../parts/heartbeat.ts';
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
          disk: '/dev/loop0',
          metaDisk: '/dev/loop1',
          protocol: textSetting(settings, 'drbd.protocol'),
          resyncRateMib: numberSetting(settings, 'drbd.resyncRate'),
          nodes: servers.map((name) => ({
            name,
            address: addressOn(machines, name, 'cluster'),
            port: 7788,
          })),
          inconsistentCommand: 'halt -f -f',
        }),
      ),
    ],
  };
}

function drbdSetup(): PlanSection {
  const connected = `grep -q '^ *${String(layout.minor)}: cs:Connected ' /proc/drbd`;
  return {
    title: 'First start of DRBD',
    articleSection: section.drbdSetup,
    text: `${first} is to be the first NFS server, ${second} the hot standby.`,
    steps: [
      run(servers, 'Write the meta-data and bring the resource up', [
        'modprobe drbd',
        `drbdadm create-md --force ${resource}`,
        `drbdadm up ${resource}`,
      ]),
      wait(servers, 'the servers to be Connected', `cat /proc/drbd; ${connected}`),
      run([first], 'Declare both replicas equal', [`drbdadm new-current-uuid --clear-bitmap ${resource}/0`], {
        why: 'Both are Inconsistent, for nobody has said yet that their contents are of any worth. They are equal: fresh files, all zeroes. The article’s "primary --do-what-I-say" would copy every block of them, which takes as long as the disk is large; this takes an instant. It is right only for devices known to be equal.',
      }),
      wait(
        servers,
        'both replicas to be UpToDate',
        "cat /proc/drbd; grep -q ' ds:UpToDate/UpToDate ' /proc/drbd",
      ),
      run(
        [first],
        'Make the file system',
        [
          `drbdadm primary ${resource}`,
          `mkfs.ext4 -q -F -b 4096 -N 8192 -J size=8 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 ${device}`,
        ],
        {
          why: 'On the replicated device, so that the standby gets it too. Nothing is left for a background task, whose writes would show in measurements.',
          timeoutMs: 300_000,
        },
      ),
    ],
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
    text: 'heartbeat 3.0.6 still manages resources by itself, from haresources, as in the article. All files are alike on both servers.',
    steps: [
      packages(servers, ['heartbeat']),
      file(
        servers,
        '/etc/ha.d/ha.cf',
        haCf({
          times: {
            keepalive: numberSetting(settings, 'keepalive'),
            deadtime: numberSetting(settings, 'deadtime'),
            warntime: numberSetting(settings, 'warntime'),
            initdead: numberSetting(settings, 'initdead'),
          },
          interfaces: [layout.nic],
          autoFailback: flagSetting(settings, 'autoFailback'),
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
      file(servers, '/etc/ha.d/authkeys', authKeys(secretOf(secrets, 'authkeys')), {
        mode: 0o600,
        secret: true,
      }),
      file(servers, '/etc/ha.d/resource.d/nfs-kernel-server', nfsResourceScript, {
        mode: 0o755,
        why: 'heartbeat looks here before /etc/init.d. The packaged init script hands over to systemd: its status never says "running", and its stop leaves statd and nfsdcld inside /data, which then cannot be unmounted.',
      }),
      run(
        servers,
        'Start DRBD and heartbeat, now and at every boot',
        [
          'systemctl is-enabled --quiet drbd.service || systemctl enable --no-reload drbd.service',
          'systemctl is-enabled --quiet heartbeat.service || systemctl enable --no-reload heartbeat.service',
          'systemctl start drbd.service',
          'systemctl restart heartbeat.service',
        ],
        { timeoutMs: 180_000 },
      ),
    ],
  };
}

function firstTests(): PlanSection {
  const peerOf = (name: string): string => servers.find((each) => each !== name) ?? '';
  return {
    title: 'First look',
    articleSection: section.tests,
    text: `${first} must show the service address and ${mountPoint}, ${second} neither.`,
    steps: [
      ...servers.map((name) =>
        wait(
          [name],
          `${name} to see ${peerOf(name)} active`,
          `state=$(cl_status nodestatus ${peerOf(name)} 2>&1); echo "$state"; [ "$state" = active ]`,
        ),
      ),
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

/** @throws TypeError when the caller made no secret of this name: a known one would be worse than none */
function secretOf(secrets: Secrets, name: string): string {
  const secret = secrets[name];
  if (secret === undefined) throw new TypeError(`no secret ${name} was given`);
  return secret;
}
