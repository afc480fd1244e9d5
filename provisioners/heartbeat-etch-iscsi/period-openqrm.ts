import type { PlanSection } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { bondModes } from '../parts/bonding.ts';
import { file, packages, run } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout } from './layout.ts';
import { periodFiles } from './period-files.ts';

/** What the article prepares for openQRM, in its chapters "Preparation of the Cluster" and "Setup of ISCSI". */

const servers = ['master', 'slave'];

export function mysql(nodes: readonly string[], settings: Settings): PlanSection {
  const isolation = textSetting(settings, 'mysql.isolation').replace('-', ' ');
  return {
    title: 'MySQL',
    articleSection: section.mysql,
    steps: [
      run(nodes, 'Take the password of root away', [
        `mysql -u root mysql -e "UPDATE user SET Password=PASSWORD('') WHERE user='root'; FLUSH PRIVILEGES;"`,
      ]),
      run(nodes, 'Change the isolation level', [
        `mysql -u root -e "SET GLOBAL TRANSACTION ISOLATION LEVEL ${isolation};"`,
      ]),
      run(nodes, 'Link the socket', ['ln -s /var/run/mysqld/mysqld.sock /var/lib/mysql/mysql.sock'], {
        why: 'Mended: /var/run/mysql, as printed, does not exist.',
      }),
      run(nodes, 'See that the network is disabled', ['cat /etc/mysql/my.cnf']),
    ],
  };
}

export function bondingSection(settings: Settings): PlanSection {
  const mode = bondModes.findIndex((each) => each === textSetting(settings, 'bond.mode'));
  const miimonMs = numberSetting(settings, 'bond.miimon');
  const own = {
    master: { address: '192.168.178.2', mac: '00:03:B3:48:50:2C', replication: '192.168.2.1' },
    slave: { address: '192.168.178.3', mac: '00:03:B3:48:50:2D', replication: '192.168.2.2' },
  };
  return {
    title: 'NIC bonding',
    articleSection: section.bonding,
    steps: [
      file(servers, '/etc/modutils/aliases', periodFiles.modutilsAliases(mode, miimonMs)),
      file(
        servers,
        '/etc/modprobe.d/arch/i386',
        periodFiles.modprobeArch(mode, {
          miimonMs,
          downdelayMs: numberSetting(settings, 'bond.downdelay'),
          updelayMs: numberSetting(settings, 'bond.updelay'),
        }),
      ),
      file(['master'], '/etc/network/interfaces', periodFiles.interfaces(own.master)),
      file(['slave'], '/etc/network/interfaces', periodFiles.interfaces(own.slave)),
      run(servers, 'Reboot', ['reboot'], { why: 'Mended: -n, as printed, leaves out the sync.' }),
    ],
  };
}

export function targetSection(settings: Settings): PlanSection {
  const ha = flagSetting(settings, 'iscsi.ha');
  const folder = ha ? '/data/iSCSI' : layout.localLunFolder;
  const creation = [
    `mkdir ${folder}`,
    ...layout.lunNames.map((name) => `dd if=/dev/zero of=${folder}/${name} bs=1024 count=40000`),
  ];
  return {
    title: 'The iSCSI target',
    articleSection: section.target,
    text: ha
      ? 'With iscsi.ha=on the files are on the replicated device, and heartbeat starts the target.'
      : 'The target is no part of the cluster.',
    steps: [
      run(
        ha ? servers : ['master'],
        'Build the iSCSI Enterprise Target',
        [
          'wget http://dfn.dl.sourceforge.net/sourceforge/iscsitarget/iscsitarget-0.4.15.tar.gz',
          'tar xvf iscsitarget-0.4.15.tar.gz',
          'cd iscsitarget-0.4.15',
          'ln -s /usr/src/linux-headers-`uname -r`/ /usr/src/linux',
          'make KERNELSRC=/usr/src/linux',
          'make KERNELSRC=/usr/src/linux install',
        ],
        { why: 'Mended: the headers are those of the kernel that runs.' },
      ),
      run(['master'], 'Create the files', creation, {
        why: 'Mended: the article makes no folder, and only the first of three files.',
      }),
      file(
        ha ? servers : ['master'],
        '/etc/ietd.conf',
        periodFiles.ietdConf(folder, flagSetting(settings, 'iscsi.writeCache')),
      ),
      ha
        ? run(servers, 'Remove its start links', ['update-rc.d -f iscsi-target remove'])
        : run(['master'], 'Start the target', ['/etc/init.d/iscsi-target start'], {
            why: 'Mended: the article never starts it.',
          }),
    ],
  };
}

export function initiatorSection(settings: Settings): PlanSection {
  const portal = flagSetting(settings, 'iscsi.ha') ? '192.168.178.174' : '192.168.178.2';
  return {
    title: 'The iSCSI initiator',
    articleSection: section.initiator,
    text: 'The article tries it on the server of openQRM. Here that is SLAVE: a server that is its own initiator can block itself when memory is short.',
    steps: [
      packages(['slave'], ['open-iscsi'], { why: 'Mended: the package has a hyphen.' }),
      run(['slave'], 'Find the target and log in', [
        `iscsiadm -m discovery -tst -p ${portal} -d3`,
        `iscsiadm -m node -T ${layout.iqn} -p ${portal} -l`,
      ]),
      run(['slave'], 'Find the disk', ['fdisk -l | grep sd*']),
    ],
  };
}
