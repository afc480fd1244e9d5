import type { Plan, PlanSection } from '../../lab/plan.ts';
import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { clientsOf, serversOf } from '../../lab/topology.ts';
import { timeAndLogs } from '../parts/clock.ts';
import { hostsFile } from '../parts/hosts.ts';
import { nfsMountOptions } from '../parts/nfs-client.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { clusterSections } from './current-cluster.ts';
import { drbdSection } from './current-drbd.ts';
import { errata } from './errata.ts';
import { layout, topology } from './layout.ts';
import { fences } from './settings.ts';

const machines = topology('current');
const all = machines.nodes.map((node) => node.name);
const servers = serversOf(machines).map((node) => node.name);
const clients = clientsOf(machines).map((node) => node.name);

/** The article's architecture on Debian 12. */
export function currentPlan(settings: Settings): Plan {
  return {
    stack: 'pacemaker-centos7',
    edition: 'current',
    title: 'A highly available NFS server with DRBD, Pacemaker and Corosync, on Debian 12',
    introduction: [
      'Two servers mirror a disk with DRBD; Corosync tells which of them are there, and Pacemaker mounts the mirror, exports it ' +
        'and holds the service address on one of them. The sections follow the article; each says where this edition differs and why.',
      'Differences that matter: Corosync 3 and Pacemaker 2.1 instead of 2 and 1.1; the configuration of Pacemaker is written as ' +
        `one XML file and pushed once, without pcs; no initial sync; a file of ${String(numberSetting(settings, 'drbd.size'))} MiB is replicated.`,
      fences(settings)
        ? 'A lost server is fenced: the host powers it off and on. The article has nothing of the kind.'
        : 'Nothing fences a lost server, as in the article; the setting fencing=host does.',
    ],
    nodes: machines.nodes.map((node) => ({
      name: node.name,
      role: node.role,
      addresses: node.nics.flatMap((nic) => (nic.address === undefined ? [] : [nic.address])),
    })),
    settings,
    sections: [
      {
        title: 'The machines',
        articleSection: section.machines,
        text: `${servers.join(' and ')} are the servers, ${clients.join(' and ')} the clients; ${layout.service}, called ${layout.serviceName}, is the address of the service, held by one server at a time.`,
        steps: [
          file(
            all,
            '/etc/hosts',
            hostsFile(machines, 'cluster', [{ name: layout.serviceName, address: layout.service }]),
          ),
        ],
      },
      {
        title: 'One time, and logs that can be compared',
        text: 'Not in the article. No machine of a lab has a way out, so the first client is the clock of all.',
        steps: timeAndLogs(machines, {
          network: 'cluster',
          log: layout.clusterLog,
          why: 'What Corosync, Pacemaker and its agents say',
        }),
      },
      softwareSection(),
      drbdSection(settings),
      ...clusterSections(settings),
      clientsSection(settings),
      {
        title: 'Failures',
        articleSection: section.failure,
        text: 'The article halts the active server while a client writes. lab scenario hard-halt does that, and measures.',
        steps: [],
      },
      {
        title: 'An NFS server on both servers',
        articleSection: section.cloned,
        text: 'The article’s last two forms are the settings nfsserver=cloned and nfsserver=cloned-subdir.',
        steps: [],
      },
    ],
    errata,
  };
}

function softwareSection(): PlanSection {
  return {
    title: 'The software',
    articleSection: section.packages,
    text: 'The kernel brings the module of DRBD 8.4. The resource agent of DRBD comes with its tools, the others with resource-agents.',
    steps: [
      packages(servers, [
        'drbd-utils',
        'pacemaker',
        'pacemaker-cli-utils',
        'corosync',
        'resource-agents',
        'nfs-kernel-server',
        'nfs-common',
        'xfsprogs',
      ]),
      run(
        servers,
        'Leave NFS to Pacemaker',
        [
          'systemctl disable --no-reload nfs-server.service nfs-client.target nfs-blkmap.service',
          'systemctl mask --no-reload nfsdcld.service',
          'systemctl daemon-reload',
          'systemctl stop nfs-server.service nfs-client.target nfs-blkmap.service nfsdcld.service rpc-statd.service rpc-statd-notify.service',
        ],
        {
          why: 'nfsdcld remembers clients of NFSv4, of which there are none here; it would keep a file open below /var/lib/nfs, which the agent then cannot unmount when it stops.',
        },
      ),
      run(servers, 'Start rpcbind, now and at every boot', ['systemctl enable --now rpcbind.service'], {
        why: 'On Debian the nfsserver agent goes through the init script, and then starts statd without its rpcbind.',
      }),
    ],
  };
}

/** Mounts the export on a client that has not mounted it. */
export function clientMountCommand(settings: Settings): string {
  const { clientMountPoint, exported, serviceName } = layout;
  const options = nfsMountOptions('3', textSetting(settings, 'nfs.mountOptions'));
  return `mountpoint -q ${clientMountPoint} || mount -t nfs ${serviceName}:${exported} ${clientMountPoint} -o ${options}`;
}

function clientsSection(settings: Settings): PlanSection {
  const mountPoint = layout.clientMountPoint;
  return {
    title: 'The clients',
    articleSection: section.clients,
    text: 'A soft mount: an operation that gets no answer in time fails with an I/O error, which the application has to deal with.',
    steps: [
      packages(clients, ['nfs-common']),
      run(clients, 'Mount the export', [clientMountCommand(settings)], {
        why: 'vers=3 says aloud what the article’s clients fall back to: with fsid=root the path does not exist in NFSv4.',
        timeoutMs: 180_000,
      }),
      wait(
        clients,
        'the mount to answer',
        `ls -d ${mountPoint}/${layout.recordsFolder} && grep ' ${mountPoint} nfs' /proc/mounts`,
      ),
    ],
  };
}
