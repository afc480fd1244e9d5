import type { Plan, PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { heartbeatTime } from '../parts/heartbeat.ts';
import { cardsOfVagrant } from '../parts/period-machines.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { errata } from './errata.ts';
import { topology } from './layout.ts';
import { periodFiles } from './period-files.ts';
import { heartbeatDefaults } from './settings.ts';

const main = 'hauptserver';
const backup = 'ausfallserver';
const servers = [main, backup];

/** The article's own commands and files. Rendered, not run: no archive holds a box of Debian 5.0, nor VMware Server. */
export function periodPlan(settings: Settings): Plan {
  return {
    stack: 'heartbeat-lenny-vm',
    edition: 'period',
    title: 'Redundante Servervirtualisierung, on Debian Lenny (5.0)',
    introduction: [
      'Rendered, not run: these are the article’s own commands and files. What cannot run as printed is mended and listed as an erratum; everything else is left as it was.',
      'Network cards are eth0, which the office sees, and eth1, which a cable joins to that of the other server. The article names no client, and no virtual machine.',
      cardsOfVagrant,
    ],
    nodes: topology('period').nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: node.nics.flatMap((nic) => (nic.address === undefined ? [] : [nic.address])),
    })),
    settings,
    sections: [
      {
        title: 'The project',
        articleSection: section.project,
        text: 'The servers of a company become virtual machines on one server; a second one takes over when it fails.',
        steps: [],
      },
      {
        title: 'rsync or DRBD',
        articleSection: section.approaches,
        text: 'DRBD, for the disks of virtual machines are large.',
        steps: [],
      },
      system,
      drbd(settings),
      heartbeat(settings),
      vmware,
      {
        title: 'Avoiding and mending trouble',
        articleSection: section.trouble,
        text: 'Check the disks of the virtual machines after a takeover. When the cable breaks, both servers run them. Shut the backup server down first and start it last.',
        steps: [],
      },
    ],
    errata,
  };
}

const system: PlanSection = {
  title: 'The base system',
  articleSection: section.system,
  text: 'hauptserver: eth0 192.168.0.11, 255.255.255.0, gateway 192.168.0.254.\nausfallserver: the same with 192.168.0.12.',
  steps: [
    run(servers, 'Add the user vmware', ['adduser --disabled-password --gecos "" vmware'], {
      why: 'The article says so without a command.',
    }),
    run(servers, 'Update Debian', ['apt-get update']),
  ],
};

function drbd(settings: Settings): PlanSection {
  return {
    title: 'DRBD',
    articleSection: section.drbd,
    steps: [
      packages(servers, ['make', 'gcc', 'flex', 'drbd8-utils', 'drbd8-modules-2.6-amd64'], {
        why: 'Mended: drbd8-modules-2.6-686 is of the 32-bit system.',
      }),
      packages(servers, ['linux-headers-2.6-amd64', 'psmisc', 'build-essential'], {
        why: 'Mended: linux-headers-2.6.26-686 lacks a part of its name, and is of the 32-bit system.',
      }),
      run(
        servers,
        'Fetch DRBD, build and install the module',
        [
          'cd /usr/src',
          'wget http://oss.linbit.com/drbd/8.3/drbd-8.3.1.tar.gz',
          'tar -xzf drbd-8.3.1.tar.gz',
          'cd drbd-8.3.1',
          'make clean all',
          'make install',
        ],
        { timeoutMs: 1_200_000 },
      ),
      run(
        servers,
        'Add both servers to /etc/hosts',
        periodFiles.hosts.map((line) => `echo '${line}' >> /etc/hosts`),
      ),
      file(
        servers,
        '/etc/drbd.conf',
        periodFiles.drbdConf(
          textSetting(settings, 'drbd.protocol'),
          numberSetting(settings, 'drbd.resyncRate'),
        ),
      ),
      run(servers, 'Initialise DRBD', ['drbdadm create-md r0', 'drbdadm up r0'], {
        why: 'Mended: drbdadm up does not write meta-data.',
      }),
      run(servers, 'See that both are Secondary and Inconsistent', ['cat /proc/drbd']),
      run([main], `Make ${main} the primary`, ['drbdadm -- --overwrite-data-of-peer primary r0']),
      wait(servers, 'the initial sync to end', "cat /proc/drbd; grep -q 'ds:UpToDate/UpToDate' /proc/drbd", {
        why: '"A few minutes", the article says: at DRBD’s own 250 KiB/s it is more than an hour for each GiB.',
        timeoutMs: 86_400_000,
      }),
      run([main], 'Make the file system', ['mkfs.ext3 /dev/drbd0']),
    ],
  };
}

function heartbeat(settings: Settings): PlanSection {
  const times = (['keepalive', 'warntime', 'deadtime', 'initdead'] as const).flatMap((name) => {
    const value = numberSetting(settings, name);
    return value === heartbeatDefaults[name] ? [] : [`${name} ${heartbeatTime(value)}`];
  });
  const failback = flagSetting(settings, 'autoFailback');
  return {
    title: 'heartbeat',
    articleSection: section.heartbeat,
    steps: [
      packages(servers, ['heartbeat-2']),
      run([main], 'Begin with the samples', [
        'cd /etc/ha.d',
        'cp -a /usr/share/doc/heartbeat-2/authkeys .',
        'chmod 0600 authkeys',
        'cp -a /usr/share/doc/heartbeat-2/ha.cf.gz .',
        'gunzip ha.cf.gz',
        'cp -a /usr/share/doc/heartbeat-2/haresources.gz .',
        'gunzip haresources.gz',
      ]),
      file([main], '/etc/ha.d/ha.cf', periodFiles.haCf('192.168.1.12', failback, times)),
      file([main], '/etc/ha.d/haresources', periodFiles.haresources, {
        why: 'Mended: the article’s line has a backslash in its middle, which heartbeat takes for a resource, and one at its end.',
      }),
      file([main], '/etc/ha.d/authkeys', periodFiles.authkeys, { mode: 0o600 }),
      run(
        [main],
        `Copy them to ${backup}`,
        ['cd /etc/ha.d', `scp ha.cf haresources authkeys ${backup}:$PWD`],
        {
          why: 'Mended: the article copies authkey, to a file whose name is that of the server and the folder. Files were written since the last cd.',
        },
      ),
      file([backup], '/etc/ha.d/ha.cf', periodFiles.haCf('192.168.1.11', failback, times), {
        title: 'Change the address in /etc/ha.d/ha.cf',
      }),
      run(servers, 'Create the mount point', ['mkdir -p /data'], {
        why: 'Mended: heartbeat mounts there, and nothing creates it.',
      }),
      run(servers, 'Start heartbeat', ['/etc/init.d/heartbeat start'], {
        why: 'Mended: without start the script only tells how it is called.',
      }),
    ],
  };
}

const vmware: PlanSection = {
  title: 'VMware',
  articleSection: section.vmware,
  text: 'All questions of the installer are answered with their defaults, that of the licence with yes, that of the place of the virtual machines with /data/VMs. Then they are made in a browser: https://192.168.0.11:8333.',
  steps: [
    packages(servers, ['psmisc', 'build-essential']),
    run([main], 'Create the folder of the virtual machines', ['mkdir -p /data/VMs']),
    run(servers, 'Unpack VMware Server', ['cd /tmp', 'tar xvfz VMware-server-2.0.1-156745.x86_64.tar.gz']),
    run(servers, 'Install it', ['cd /tmp/vmware-server-distrib', './vmware-install.pl'], {
      why: 'Mended: the article changes into VMware-server-2.0.1-156725.x86_64, which the archive does not make.',
    }),
  ],
};
