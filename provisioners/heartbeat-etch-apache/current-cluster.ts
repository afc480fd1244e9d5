import type { PlanSection } from '../../lab/plan.ts';
import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Secrets, Settings } from '../../lab/stack.ts';
import { addressOn, serversOf } from '../../lab/topology.ts';
import { apacheResourceScript, apacheSite } from '../parts/apache.ts';
import { drbdResource } from '../parts/drbd.ts';
import { firstStart } from '../parts/drbd-start.ts';
import { hasSerialLine } from '../parts/heartbeat-media.ts';
import {
  authKeysStep,
  seeEachOther,
  startClusterSteps,
  timesOf,
  wholeMessagesStep,
} from '../parts/heartbeat-steps.ts';
import { haCf, haResources } from '../parts/heartbeat.ts';
import { usedDevice } from '../parts/loop-disk.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout, serviceAddresses, topology } from './layout.ts';

const machines = topology('current');
const servers = serversOf(machines).map((node) => node.name);
const [first = '', second = ''] = servers;
const { device, documentRoot, mailbox, mailHost, mailUser, mountPoint, nic, resource, uploads } = layout;

/** Chapters 2 and 3 of the article: DRBD, its test, heartbeat, Apache, the first look at them. */
export function clusterSections(settings: Settings, secrets: Secrets): PlanSection[] {
  return [drbdInstall(), drbdSetup(settings), drbdInit(), content(), heartbeat(settings, secrets), tests()];
}

function drbdInstall(): PlanSection {
  return {
    title: 'DRBD',
    articleSection: section.drbdInstall,
    text: 'The kernel brings the module of DRBD 8.4; nothing is compiled.',
    steps: [packages(servers, ['drbd-utils']), run(servers, 'Load the module', ['modprobe drbd'])],
  };
}

function drbdSetup(settings: Settings): PlanSection {
  return {
    title: 'The resource',
    articleSection: section.drbdSetup,
    text: 'Over the crossover cable, with meta-data inside the device, as in the article. Protocol and rate have moved: protocol to net, the rate to disk.',
    steps: [
      file(
        servers,
        `/etc/drbd.d/${resource}.res`,
        drbdResource({
          name: resource,
          device,
          disk: usedDevice({ device: '/dev/loop0', covered: layout.dataDisk }),
          metaDisk: 'internal',
          protocol: textSetting(settings, 'drbd.protocol'),
          resyncRateMib: numberSetting(settings, 'drbd.resyncRate'),
          nodes: servers.map((name) => ({
            name,
            address: addressOn(machines, name, 'crossover'),
            port: layout.drbdPort,
          })),
          init: {},
        }),
      ),
    ],
  };
}

function drbdInit(): PlanSection {
  return {
    title: 'First start of DRBD',
    articleSection: section.drbdInit,
    text: `${first} becomes the master.`,
    steps: firstStart(servers, layout),
  };
}

function content(): PlanSection {
  return {
    title: 'What the replicated device holds',
    articleSection: section.drbdTest,
    text: 'The article moves the device to the other server by hand here; heartbeat’s first takeover shows the same.',
    steps: [
      run(servers, `Create ${mountPoint}`, [`mkdir -p ${mountPoint}`]),
      packages(servers, ['apache2']),
      run(
        [first],
        'Create the pages and the folder for uploads',
        [
          `mount -t ext4 ${device} ${mountPoint}`,
          `mkdir -p ${documentRoot}${uploads}`,
          `echo 'This page moves with heartbeat.' > ${documentRoot}/index.html`,
          `chown www-data: ${documentRoot}${uploads}`,
          `umount ${mountPoint}`,
          `drbdadm secondary ${resource}`,
        ],
        {
          why: 'Unmounted and Secondary again: heartbeat promotes and mounts. A folder below the mount point keeps lost+found out of the web.',
        },
      ),
    ],
  };
}

function heartbeat(settings: Settings, secrets: Secrets): PlanSection {
  const serial = hasSerialLine(settings);
  const options = textSetting(settings, 'filesystem.options');
  const [one = '', ...others] = serviceAddresses;
  const inPlace = (address: string): string => `${address}/24/${nic}`;
  return {
    title: 'heartbeat',
    articleSection: section.heartbeat,
    text: `heartbeat 3.0.6 still manages resources by itself, from haresources, as in the article. All files are alike on both servers. It speaks ${serial ? `on ${nic} and the serial line` : `on ${layout.crossoverNic}, the crossover cable`}.`,
    steps: [
      packages(servers, ['heartbeat']),
      wholeMessagesStep(servers),
      authKeysStep(servers, secrets),
      file(
        servers,
        '/etc/ha.d/haresources',
        haResources(layout.preferred, [
          [inPlace(one)],
          ...others.map((address) => ['IPaddr', inPlace(address)]),
          ['drbddisk', resource],
          ['Filesystem', device, mountPoint, 'ext4', ...(options === '' ? [] : [options])],
          ['apache2'],
          ['MailTo', `${mailUser}@${mailHost}.${machines.domain}`],
        ]),
        {
          why: 'ext4: the ext3 driver of the article is gone from the kernel. Apache does not sync what it stores; the mount option sync does. The order is the article’s.',
        },
      ),
      file(
        servers,
        '/etc/ha.d/ha.cf',
        haCf({
          ...timesOf(settings),
          interfaces: [serial ? nic : layout.crossoverNic],
          ...(serial ? { serial: { device: layout.serialPort, baud: layout.baud } } : {}),
          nodes: servers,
        }),
      ),
      file(servers, '/etc/ha.d/resource.d/apache2', apacheResourceScript, {
        mode: 0o755,
        why: 'heartbeat looks here before /etc/init.d. The init script hands over to systemd, whose status quotes the journal: a line "Stopped" of yesterday makes heartbeat think it is not running.',
      }),
    ],
  };
}

function tests(): PlanSection {
  const network = machines.networks.find((each) => each.name === 'cluster')?.cidr ?? '';
  return {
    title: 'Apache, and the first look',
    articleSection: section.tests,
    text: `Apache is installed and configured alike on both servers, and started by neither: that is heartbeat’s business. ${first} must then show both addresses and ${mountPoint}, ${second} nothing.`,
    steps: [
      run(servers, 'Take Apache out of the boot and stop it', [
        '! systemctl is-enabled --quiet apache2.service || systemctl disable --no-reload apache2.service',
        'systemctl stop apache2.service',
      ]),
      file(
        servers,
        '/etc/apache2/sites-available/lab.conf',
        apacheSite({ name: `www.${machines.domain}`, documentRoot, uploads, network }),
        {
          why: 'DocumentRoot is on the replicated device, as the article says. WebDAV takes the writers’ uploads; in the article nobody writes.',
        },
      ),
      run(servers, 'Serve that site', ['a2enmod -q dav_fs', 'a2dissite -q 000-default', 'a2ensite -q lab']),
      ...startClusterSteps(servers),
      ...seeEachOther(servers),
      wait(
        [first],
        'the service to run',
        `addresses=$(ip -4 -o addr show dev ${nic}); echo "$addresses"; /etc/ha.d/resource.d/apache2 status && ` +
          `grep -q '^${device} ${mountPoint} ' /proc/mounts` +
          serviceAddresses.map((address) => ` && echo "$addresses" | grep -q ' ${address}/'`).join(''),
        { timeoutMs: 300_000 },
      ),
      wait(
        [second],
        'the standby to hold nothing',
        `cat /proc/drbd; ! ip -4 -o addr show dev ${nic} | grep -E ' (${serviceAddresses.join('|')})/' && ! grep -q '^${device} ' /proc/mounts`,
      ),
      wait(
        [mailHost],
        'the alert of the takeover to arrive',
        `ls -l /var/mail; grep -a '^Subject: .* Takeover in progress ' ${mailbox}`,
      ),
    ],
  };
}
