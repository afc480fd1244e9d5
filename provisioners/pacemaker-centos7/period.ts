import type { Plan, PlanSection, PlanStep } from '../../lab/plan.ts';
import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { loopDiskUnit } from '../parts/loop-disk.ts';
import { fenceAgentSteps } from '../parts/fencing.ts';
import { file, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { errata } from './errata.ts';
import { topology } from './layout.ts';
import { periodFiles } from './period-files.ts';
import {
  clonedCommands,
  drbdCommand,
  fenceCommands,
  groupAddCommand,
  groupCommands,
  propertyCommands,
} from './period-resources.ts';
import { drbdFencing, fences } from './settings.ts';

const all = ['sv01', 'sv02', 'nfs01', 'nfs02'];
const servers = ['nfs01', 'nfs02'];
const attachLoop = 'sudo losetup /dev/loop0 /var/opt/drbddisk';
const agentFile = '/usr/lib/ocf/resource.d/heartbeat/nfsserver';

/** The article's own commands and files. Rendered, not run: the archives of CentOS 7 and of its DRBD are closed. */
export function periodPlan(settings: Settings): Plan {
  return {
    stack: 'pacemaker-centos7',
    edition: 'period',
    title: 'High availability NFS with DRBD, Pacemaker and Corosync, on CentOS 7.2',
    introduction: [
      'Rendered, not run: these are the article’s own commands and files, which run as printed; its mistakes are listed as errata.',
      'The commands call for machines of 2016; the network card is enp0s8, as in the article. What the article writes with tee is a file here.',
    ],
    nodes: topology('period').nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: node.nics.flatMap((nic) => (nic.address === undefined ? [] : [nic.address])),
    })),
    settings,
    sections: [
      {
        title: 'The machines',
        articleSection: section.machines,
        text: 'lab vagrantfile pacemaker-centos7 --edition period prints a Vagrantfile of these machines. 192.168.33.20, nfsvip, is the address of the active server.',
        steps: [file(all, '/etc/hosts', periodFiles.hosts)],
      },
      {
        title: 'Installing the packages',
        articleSection: section.packages,
        steps: [
          run(servers, 'Install the packages; DRBD comes from ELRepo', [
            'sudo yum -y install http://www.elrepo.org/elrepo-release-7.0-2.el7.elrepo.noarch.rpm',
            'sudo yum -y install kmod-drbd84 pacemaker corosync resource-agents pcs nfs-utils',
          ]),
        ],
      },
      drbd(settings),
      corosync(settings),
      pacemaker(settings),
      clients(settings),
      {
        title: 'Failure',
        articleSection: section.failure,
        text: [
          'sv01 writes without a pause:',
          'while sleep 0.1; do date 1>&2; date > /mnt/date.txt; done',
          'nfs01 is halted: sudo halt -f',
          'After its reboot: sudo losetup /dev/loop0 /var/opt/drbddisk; sudo systemctl start pacemaker',
        ].join('\n'),
        steps: [
          run(['sv01'], 'Make a file to write to', [
            'sudo touch /mnt/date.txt',
            'sudo chown $USER: /mnt/date.txt',
          ]),
        ],
      },
      {
        title: 'monitor of the agent starts the NFS server',
        articleSection: section.monitorStarts,
        text: 'The article comes to it when the service runs already.',
        steps: [
          run(servers, 'Patch the agent', [
            `sudo cp -a ${agentFile}{,.orig}`,
            `sudo sed 's/tries=1/tries=0/g' -i ${agentFile}`,
            `diff -u ${agentFile}{.orig,} || true`,
          ]),
        ],
      },
      cloned(settings),
    ],
    errata,
  };
}

function drbd(settings: Settings): PlanSection {
  const sizeMib = numberSetting(settings, 'drbd.size');
  const disks = [{ device: '/dev/loop0', image: '/var/opt/drbddisk', sizeMib }];
  const boot: PlanStep[] = flagSetting(settings, 'autostart')
    ? [
        file(
          servers,
          '/etc/systemd/system/lab-loop-disks.service',
          loopDiskUnit(disks, ['pacemaker.service']),
        ),
        run(servers, 'Attach the loop device at every boot', [
          'sudo systemctl enable lab-loop-disks.service',
        ]),
      ]
    : [];
  return {
    title: 'DRBD',
    articleSection: section.drbd,
    steps: [
      run(servers, 'Make the disk', [
        `sudo fallocate -l ${sizeMib % 1024 === 0 ? `${String(sizeMib / 1024)}G` : `${String(sizeMib)}M`} /var/opt/drbddisk`,
        attachLoop,
      ]),
      ...boot,
      file(
        servers,
        '/etc/drbd.d/nfs.res',
        periodFiles.resource(
          textSetting(settings, 'drbd.protocol'),
          numberSetting(settings, 'drbd.resyncRate'),
          drbdFencing(settings),
        ),
      ),
      run(servers, 'Write the meta-data and start DRBD', [
        'sudo drbdadm create-md nfs',
        'sudo systemctl start drbd.service',
        'sudo systemctl status drbd.service',
        'cat /proc/drbd',
      ]),
      run(['nfs01'], 'Make nfs01 primary, which starts the sync', [
        'sudo drbdadm primary nfs --force',
        'cat /proc/drbd',
      ]),
      run(['nfs01'], 'Make the file system and the directories', [
        'sudo mkfs.xfs /dev/drbd/by-res/nfs',
        'sudo mkdir -p /drbd/nfs',
        'sudo mount /dev/drbd/by-res/nfs /drbd/nfs',
        'sudo mkdir -p /drbd/nfs/nfsroot',
        'sudo mkdir -p /drbd/nfs/var-lib-nfs',
        'sudo umount /drbd/nfs',
        'sudo drbdadm secondary nfs',
      ]),
      wait(['nfs02'], 'the sync to end', "cat /proc/drbd; grep -q 'ds:UpToDate/UpToDate' /proc/drbd", {
        why: 'The article looks into /proc/drbd once and hopes.',
        timeoutMs: 3_600_000,
      }),
      run(['nfs02'], 'Find the directories on nfs02', [
        'cat /proc/drbd',
        'sudo drbdadm primary nfs',
        'sudo mkdir -p /drbd/nfs',
        'sudo mount /dev/drbd/by-res/nfs /drbd/nfs',
        'ls /drbd/nfs',
        'sudo umount /drbd/nfs',
        'sudo drbdadm secondary nfs',
      ]),
      run(
        servers,
        'Stop DRBD',
        ['sudo systemctl stop drbd.service', 'sudo systemctl status drbd.service || true'],
        {
          why: 'Pacemaker starts it. The status of a stopped service ends with 3, which would end a script.',
        },
      ),
    ],
  };
}

function corosync(settings: Settings): PlanSection {
  return {
    title: 'Corosync',
    articleSection: section.corosync,
    steps: [
      file(
        servers,
        '/etc/corosync/corosync.conf',
        periodFiles.corosyncConf(numberSetting(settings, 'token')),
      ),
      run(servers, 'Start Pacemaker, and Corosync with it', [
        ...(flagSetting(settings, 'autostart') ? ['sudo systemctl enable pacemaker.service'] : []),
        'sudo systemctl start pacemaker.service',
        'sudo systemctl status pacemaker.service',
      ]),
      run(['nfs01'], 'Find both nodes online', ['sudo crm_mon -1']),
    ],
  };
}

function pacemaker(settings: Settings): PlanSection {
  return {
    title: 'Pacemaker',
    articleSection: section.pacemaker,
    steps: [
      run(['nfs01'], 'Set properties and defaults', propertyCommands(settings)),
      run(['nfs01'], 'Write the configuration into a file', ['sudo pcs cluster cib output.cib']),
      run(['nfs01'], 'Add DRBD', [drbdCommand(settings)]),
      run(['nfs01'], 'Add file system, address, NFS server and export', groupCommands(settings)),
      run(['nfs01'], 'Make a group of them', [groupAddCommand(settings)]),
      run(['nfs01'], 'Tie the group to the master', [
        'sudo pcs -f output.cib constraint colocation add master drbd-master with group-nfs INFINITY',
        'sudo pcs -f output.cib constraint order promote drbd-master then start group-nfs',
      ]),
      ...(fences(settings)
        ? [
            ...fenceAgentSteps(servers),
            run(['nfs01'], 'Add a fence device for each server', fenceCommands(servers)),
          ]
        : []),
      run(['nfs01'], 'Apply it', ['sudo pcs cluster cib-push output.cib']),
      run(['nfs01'], 'Find everything started', ['sudo pcs status']),
    ],
  };
}

function clients(settings: Settings): PlanSection {
  const options = textSetting(settings, 'nfs.mountOptions');
  const mount = `sudo mount -t nfs nfsvip:/drbd/nfs/nfsroot /mnt${options === '' ? '' : ` -o ${options}`}`;
  const write = 'uname -n | sudo tee /mnt/$(uname -n)';
  return {
    title: 'Mounting on the clients',
    articleSection: section.clients,
    steps: [
      run(['sv01'], 'Mount and write on sv01', [mount, write]),
      run(['sv02'], 'Mount and write on sv02', [mount, write]),
      run(['sv01'], 'Read what sv02 wrote', ['cat /mnt/sv02']),
      run(['sv02'], 'Read what sv01 wrote', ['cat /mnt/sv01']),
    ],
  };
}

function cloned(settings: Settings): PlanSection {
  const commands = clonedCommands(settings);
  return {
    title: 'An NFS server on both nodes',
    articleSection: section.cloned,
    text: 'The article’s two other forms are the settings nfsserver=cloned and nfsserver=cloned-subdir.',
    steps: commands.length === 0 ? [] : [run(['nfs01'], 'Let the NFS server run on both nodes', commands)],
  };
}
