import type { Plan, PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { addressesOf } from '../../lab/topology.ts';
import { heartbeatTime } from '../parts/heartbeat.ts';
import { differing } from '../parts/differing-time.ts';
import { periodNfsState } from '../parts/period-nfs-state.ts';
import { cardsOfVagrant } from '../parts/period-machines.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { errata } from './errata.ts';
import { topology } from './layout.ts';
import { periodFiles } from './period-files.ts';
import { bondingSection, initiatorSection, mysql, targetSection } from './period-openqrm.ts';

const servers = ['master', 'slave'];

/** The article's own commands and files. Rendered, not run: no archive holds a box of Debian 4.0. */
export function periodPlan(settings: Settings): Plan {
  return {
    stack: 'heartbeat-etch-iscsi',
    edition: 'period',
    title:
      'Building up a High-Available Server-environment hosting Windows- and Linux-Server, on Debian Etch (4.0)',
    introduction: [
      'Rendered, not run: these are the article’s own commands and files. What cannot run as printed is mended and listed as an erratum; everything else is left as it was.',
      'The servers are called MASTER and SLAVE. Their cards eth0, eth1 and eth2 make bond0; eth3 carries DRBD. The article describes no client, and ends before it comes to openQRM.',
      cardsOfVagrant,
    ],
    nodes: topology('period').nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: addressesOf(node).map(({ address }) => address),
    })),
    settings,
    sections: [
      { title: 'Motivation', articleSection: section.motivation, steps: [] },
      {
        title: 'Goal',
        articleSection: section.goal,
        text: 'A dynamic, scalable, flexible and highly available environment that hosts virtual machines with Windows (VMware Server) and Linux (Xen).',
        steps: [],
      },
      {
        title: 'Requirements',
        articleSection: section.requirements,
        text: 'Two servers for the cluster (iSCSI and openQRM), two for Windows guests, two for Linux guests. The article sets up the first two.',
        steps: [],
      },
      base,
      time,
      nfs,
      drbdInstall(settings),
      drbdSetup,
      heartbeat(settings),
      tests,
      {
        title: 'Further packages',
        articleSection: section.packages,
        steps: [
          run(servers, 'Install further packages', [
            'apt-get update && apt-get install ifenslave linux-headers-`uname -r` libssl-dev make gcc build-essential ruby lvm2 mysql-server',
          ]),
        ],
      },
      mysql(servers, settings),
      bondingSection(settings),
      targetSection(settings),
      initiatorSection(settings),
    ],
    errata,
  };
}

const base: PlanSection = {
  title: 'Installing the servers',
  articleSection: section.base,
  text: [
    'Partitions of both servers:',
    '/dev/sda1 100 MB /boot (primary, ext3, bootable)',
    '/dev/sda5 5000 MB / (logical, ext3)',
    '/dev/sda6 1000 MB swap (logical)',
    '/dev/sda7 150 MB unmounted, for the meta-data of DRBD',
    '/dev/sda8, type 8e: the physical volume, made with cfdisk',
    '/dev/dm-0 260 GB unmounted: the logical volume, for /data',
    'None of the last three may be in /etc/fstab.',
  ].join('\n'),
  steps: [
    ...servers.map((name) =>
      run(
        [name],
        `Call it ${name.toUpperCase()}`,
        [`echo ${name.toUpperCase()} > /etc/hostname`, `hostname ${name.toUpperCase()}`],
        { why: 'In the article the installer does it.' },
      ),
    ),
    run(
      servers,
      'Create the volume',
      [
        'pvcreate /dev/sda8',
        'vgcreate vol /dev/sda8',
        'lvcreate -L 260G -n data vol',
        'mkfs.ext3 /dev/vol/data',
      ],
      {
        why: 'Mended: the partition has a name, the article’s second one is optional, and it prints no lvcreate. The installer’s ext3 is what is mounted later.',
      },
    ),
  ],
};

const time: PlanSection = {
  title: 'Synchronising the system time',
  articleSection: section.time,
  steps: [packages(servers, ['ntp', 'ntpdate']), run(servers, 'Compare the time', ['date'])],
};

const nfs: PlanSection = {
  title: 'The NFS server',
  articleSection: section.nfs,
  steps: [
    packages(servers, ['nfs-kernel-server']),
    run(
      servers,
      'Remove the start links of NFS',
      ['update-rc.d -f nfs-kernel-server remove', 'update-rc.d -f nfs-common remove'],
      { why: 'heartbeat starts and controls NFS.' },
    ),
    file(servers, '/etc/exports', periodFiles.exports),
  ],
};

function drbdInstall(settings: Settings): PlanSection {
  return {
    title: 'Installing DRBD',
    articleSection: section.drbdInstall,
    steps: [
      run(
        servers,
        'Install the sources',
        ['apt-get install linux-headers-`uname -r` drbd0.7-module-source drbd0.7-utils'],
        { why: 'Mended: the packages of kernel headers are called linux-headers since Etch.' },
      ),
      run(servers, 'Build the module', [
        'cd /usr/src/',
        'tar xvfz drbd0.7.tar.gz',
        'cd modules/drbd/drbd',
        'make',
        'make install',
      ]),
      file(
        servers,
        '/etc/drbd.conf',
        periodFiles.drbdConf(
          textSetting(settings, 'drbd.protocol'),
          numberSetting(settings, 'drbd.resyncRate'),
        ),
      ),
    ],
  };
}

const drbdSetup: PlanSection = {
  title: 'Configuring DRBD',
  articleSection: section.drbdSetup,
  steps: [
    run(servers, 'Load the module', ['modprobe drbd']),
    run(servers, 'Bring the resource up', ['drbdadm up all', 'cat /proc/drbd']),
    run(['master'], 'Make MASTER primary', ['drbdadm -- --do-what-I-say primary all']),
    run(['master'], 'Start the initial sync', ['drbdadm -- connect all']),
    run(servers, 'Look how far it is', ['cat /proc/drbd']),
    wait(
      servers,
      'the initial sync to end',
      "cat /proc/drbd; grep -q 'cs:Connected .* ld:Consistent' /proc/drbd",
      { why: 'It takes hours, by the size of the volume.', timeoutMs: 24 * 3_600_000 },
    ),
    ...periodNfsState(['master', 'slave']),
  ],
};

function heartbeat(settings: Settings): PlanSection {
  return {
    title: 'Installing and configuring heartbeat',
    articleSection: section.heartbeat,
    steps: [
      packages(servers, ['heartbeat']),
      file(
        servers,
        '/etc/heartbeat/ha.cf',
        periodFiles.haCf({
          keepalive: heartbeatTime(numberSetting(settings, 'keepalive')),
          deadtime: heartbeatTime(numberSetting(settings, 'deadtime')),
          ...differing(settings, 'warntime', 0),
          ...differing(settings, 'initdead', 30),
          ...(flagSetting(settings, 'autoFailback') ? {} : { auto_failback: 'off' }),
        }),
      ),
      file(servers, '/etc/heartbeat/haresources', periodFiles.haresources(flagSetting(settings, 'iscsi.ha'))),
      file(servers, '/etc/heartbeat/authkeys', periodFiles.authkeys, { mode: 0o600 }),
      run(servers, 'Let nobody else read the key', ['chmod 600 /etc/heartbeat/authkeys']),
      run(servers, 'Start DRBD and heartbeat', ['/etc/init.d/drbd start', '/etc/init.d/heartbeat start']),
    ],
  };
}

const tests: PlanSection = {
  title: 'First tests',
  articleSection: section.tests,
  steps: [run(servers, 'Look for 192.168.178.174: on MASTER only', ['ifconfig'])],
};
