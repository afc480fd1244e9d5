import type { Plan, PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { hasSerialLine } from '../parts/heartbeat-media.ts';
import { heartbeatTime } from '../parts/heartbeat.ts';
import { differing } from '../parts/differing-time.ts';
import { periodNfsState } from '../parts/period-nfs-state.ts';
import { cardsOfVagrant } from '../parts/period-machines.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { errata } from './errata.ts';
import { layout, topology } from './layout.ts';
import { periodFiles } from './period-files.ts';

const servers = ['server1', 'server2'];

/** The article's own commands and files. Rendered, not run: no archive holds a box of Debian 3.1. */
export function periodPlan(settings: Settings): Plan {
  return {
    stack: 'heartbeat-sarge',
    edition: 'period',
    title: 'Setting Up A Highly Available NFS Server, on Debian Sarge (3.1)',
    introduction: [
      'Rendered, not run: these are the article’s own commands and files. What cannot run as printed is mended and listed as an erratum; everything else is left as it was.',
      'The commands call for machines of 2005; the network card is eth0, as in the article.',
      cardsOfVagrant,
    ],
    nodes: topology('period').nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: node.nics.flatMap((nic) => (nic.address === undefined ? [] : [nic.address])),
    })),
    settings,
    sections: [
      { title: 'My setup', articleSection: section.setup, steps: [] },
      base,
      time,
      nfs,
      drbdInstall(settings),
      drbdSetup,
      nfsState,
      heartbeat(settings),
      tests,
      client(settings),
    ],
    errata,
  };
}

const base: PlanSection = {
  title: 'Base installation of server1 and server2',
  articleSection: section.base,
  text: [
    'Partitions of both servers:',
    '/dev/sda1 100 MB /boot (primary, ext3, bootable)',
    '/dev/sda5 5000 MB / (logical, ext3)',
    '/dev/sda6 1000 MB swap (logical)',
    '/dev/sda7 150 MB unmounted (logical, ext3), for the meta-data of DRBD',
    '/dev/sda8 26 GB unmounted (logical, ext3), for /data',
    'Neither /dev/sda7 nor /dev/sda8 may be in /etc/fstab.',
  ].join('\n'),
  steps: [],
};

const time: PlanSection = {
  title: 'Synchronising the system time',
  articleSection: section.time,
  steps: [packages(servers, ['ntp', 'ntpdate']), run(servers, 'Compare the time', ['date'])],
};

const nfs: PlanSection = {
  title: 'Installing the NFS server',
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
      packages(servers, ['kernel-headers-2.6.8-2-386', 'drbd0.7-module-source', 'drbd0.7-utils']),
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
    run(['server1'], 'Make server1 primary', ['drbdadm -- --do-what-I-say primary all'], {
      why: 'Printed with typographic dashes; mended.',
    }),
    run(['server1'], 'Start the initial sync', ['drbdadm -- connect all'], {
      why: 'Printed with a typographic dash; mended.',
    }),
    run(servers, 'Look how far it is', ['cat /proc/drbd']),
    wait(
      servers,
      'the initial sync to end',
      "cat /proc/drbd; grep -q 'cs:Connected .* ld:Consistent' /proc/drbd",
      {
        why: 'It takes hours, by the size of /dev/sda8.',
        timeoutMs: 12 * 3_600_000,
      },
    ),
  ],
};

const nfsState: PlanSection = {
  title: 'Some further NFS configuration',
  articleSection: section.nfsState,
  steps: [...periodNfsState(['server1', 'server2'])],
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
          ...(hasSerialLine(settings) ? { baud: String(layout.baud), serial: layout.serialPort } : {}),
        }),
      ),
      file(servers, '/etc/heartbeat/haresources', periodFiles.haresources),
      file(servers, '/etc/heartbeat/authkeys', periodFiles.authkeys, { mode: 0o600 }),
      run(servers, 'Let nobody else read the key', ['chmod 600 /etc/heartbeat/authkeys']),
      run(servers, 'Start DRBD and heartbeat', ['/etc/init.d/drbd start', '/etc/init.d/heartbeat start']),
    ],
  };
}

const tests: PlanSection = {
  title: 'First tests',
  articleSection: section.tests,
  steps: [
    run(['server1'], 'Find 192.168.0.174 and /data on server1', ['ifconfig', 'df -h']),
    run(['server2'], 'and not on server2', ['ifconfig', 'df -h']),
    run(['server1'], 'Write a file and hand the service over', [
      'touch /data/export/test1',
      '/etc/init.d/heartbeat stop',
    ]),
    run(['server2'], 'Find the address, /data and the file on server2, and write another', [
      'ifconfig',
      'df -h',
      'ls -l /data/export',
      'touch /data/export/test2',
    ]),
    run(['server1'], 'Let server1 come back', ['/etc/init.d/heartbeat start']),
    run(['server1'], 'A few seconds later, find both files on server1', [
      'ifconfig',
      'df -h',
      'ls -l /data/export',
    ]),
  ],
};

function client(settings: Settings): PlanSection {
  const words = textSetting(settings, 'nfs.mountOptions');
  const options = words === '' ? '' : `-o ${words} `;
  return {
    title: 'Configuring the NFS client',
    articleSection: section.client,
    steps: [
      packages(['client'], ['nfs-common']),
      run(['client'], 'Mount the export', [
        'mkdir /data',
        `mount ${options}192.168.0.174:/data/export /data`,
      ]),
      run(['client'], 'Mount it at every boot', [`echo '${periodFiles.fstabLine(words)}' >> /etc/fstab`]),
    ],
  };
}
