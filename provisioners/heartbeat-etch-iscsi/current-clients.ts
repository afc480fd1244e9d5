import type { PlanSection } from '../../lab/plan.ts';
import { flagSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { clientsOf } from '../../lab/topology.ts';
import { awaitDisk, diskPath, iscsidConf, loginCommand } from '../parts/iscsi-initiator.ts';
import { firstLun } from '../parts/iscsi-target.ts';
import { nfsFstabLine } from '../parts/nfs-client.ts';
import { file, packages, run, wait } from '../parts/steps.ts';
import { section } from './article.ts';
import { layout, lunOf, portal, topology } from './layout.ts';
import { initiatorTimes } from './settings.ts';

const machines = topology('current');
const clients = clientsOf(machines).map((node) => node.name);
const { clientMountPoint, nfsMountPoint } = layout;

/** The disk of a client, as udev names it there. */
export function diskOf(name: string, ha: boolean): string {
  return diskPath(portal(ha), firstLun + lunOf(clients, name));
}

/** After a boot of a client: the login, which is by hand, and both mounts. */
export function clientStartCommand(client: string, settings: Settings): string {
  const ha = flagSetting(settings, 'iscsi.ha');
  return [
    loginCommand(portal(ha)),
    awaitDisk(diskOf(client, ha)),
    `mount ${clientMountPoint}`,
    `mount ${nfsMountPoint}`,
  ].join(' && ');
}

/** The initiators, each with a file system on a LUN of its own, and the NFS mount. */
export function clientSections(settings: Settings): PlanSection[] {
  return [initiator(settings), nfs];
}

function initiator(settings: Settings): PlanSection {
  const ha = flagSetting(settings, 'iscsi.ha');
  const at = portal(ha);
  const [own = '', other = ''] = clients;
  return {
    title: 'The initiators',
    articleSection: section.initiator,
    text: `On the clients; the article tries it on a server. Every client sees all three LUNs. A file system may be mounted by one machine only: ${own} has ${layout.lunNames[0]}, ${other} ${layout.lunNames[1]}; ${layout.lunNames[2]} stays empty, as in the article.`,
    steps: [
      packages(clients, ['open-iscsi']),
      ...clients.map((name) =>
        file([name], '/etc/iscsi/initiatorname.iscsi', `InitiatorName=iqn.1993-08.org.debian:01:${name}\n`, {
          mode: 0o600,
          why: 'A machine that is a copy of another one would have its name, and each login of one would end the session of the other.',
        }),
      ),
      file(clients, '/etc/iscsi/iscsid.conf', iscsidConf(initiatorTimes(settings)), { mode: 0o600 }),
      run(clients, 'Start the initiator, now and at every boot', [
        'systemctl enable --no-reload iscsid.service',
        'systemctl restart iscsid.service',
      ]),
      run(clients, 'Find the target and log in', [
        `iscsiadm -m discovery -t sendtargets -p ${at.address}`,
        loginCommand(at),
      ]),
      ...clients.map((name) =>
        run(
          [name],
          `Make a file system on ${layout.lunNames[lunOf(clients, name)] ?? ''} and mount it`,
          [
            awaitDisk(diskOf(name, ha)),
            `mkfs.ext4 -q -F -b 4096 -m 0 -J size=4 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 ${diskOf(name, ha)}`,
            `mkdir -p ${clientMountPoint}`,
            `sed -i '\\# ${clientMountPoint} ext4 #d' /etc/fstab`,
            `echo '${diskOf(name, ha)} ${clientMountPoint} ext4 noauto,_netdev 0 0' >> /etc/fstab`,
            `mount ${clientMountPoint}`,
          ],
          {
            why: 'By the path to the LUN: sda and sdb follow the order in which they were found. noauto: the login is by hand, as in the article.',
          },
        ),
      ),
    ],
  };
}

const nfs: PlanSection = {
  title: 'The export on the clients',
  text: 'The article exports /data/export to its nodes and never mounts it. Here the clients do, so that its state can be told.',
  steps: [
    packages(clients, ['nfs-common']),
    run(
      clients,
      `Mount it at ${nfsMountPoint}`,
      [
        `mkdir -p ${nfsMountPoint}`,
        `sed -i '\\# ${nfsMountPoint} nfs #d' /etc/fstab`,
        `echo '${nfsFstabLine(`${layout.service}:${layout.exported}`, nfsMountPoint, 'hard,proto=tcp,vers=3')}' >> /etc/fstab`,
        `mountpoint -q ${nfsMountPoint} || mount ${nfsMountPoint}`,
      ],
      { timeoutMs: 180_000 },
    ),
    wait(
      clients,
      'both mounts to answer',
      `ls -d ${nfsMountPoint}/${layout.recordsFolder} ${clientMountPoint} && grep ' ${clientMountPoint} ext4 rw' /proc/mounts`,
    ),
  ],
};
