import type { PlanStep } from '../../lab/plan.ts';
import { file, run } from './steps.ts';

export interface Volume {
  physicalVolume: string;
  group: string;
  name: string;
  /** The unit that makes the physical volume appear. */
  after: string;
  /** Units that need the volume. */
  before: readonly string[];
}

/** Where the first extent lies on a physical volume that is made with this alignment. */
export const firstExtentMib = 1;

export function volumePath({ group, name }: Pick<Volume, 'group' | 'name'>): string {
  return `/dev/${group}/${name}`;
}

/**
 * A logical volume that is the first one of its group, so that it begins at `firstExtentMib` of its physical volume. Some extents
 * stay free for snapshots.
 */
export function volumeSteps(nodes: readonly string[], volume: Volume, sizeMib: number): PlanStep[] {
  const { physicalVolume, group, name } = volume;
  const unit = 'lab-volume-group.service';
  return [
    file(nodes, '/etc/lvm/lvm.conf', lvmConf(physicalVolume), {
      why: 'LVM must not look for its volumes on DRBD’s device, which is the same data once more, nor activate anything by itself while a replica is being moved. What is left out has its default.',
    }),
    run(
      nodes,
      `Create the volume group ${group} and ${volumePath(volume)}`,
      [
        `pvcreate -q --dataalignment ${String(firstExtentMib)}m ${physicalVolume}`,
        `vgcreate -q --physicalextentsize 1m ${group} ${physicalVolume}`,
        `lvcreate -q --yes --wipesignatures n --zero n --size ${String(sizeMib)}m --name ${name} ${group}`,
      ],
      {
        why: 'Nothing is wiped: the volume is as empty as the file underneath, on both servers.',
      },
    ),
    file(nodes, `/etc/systemd/system/${unit}`, volumeGroupUnit(volume), {
      why: 'A server that comes back after a power cut must find the volume before DRBD starts.',
    }),
    run(nodes, 'Activate it at every boot', [
      `systemctl enable --no-reload ${unit}`,
      `systemctl start ${unit}`,
    ]),
  ];
}

/** lvm.conf(5) for one physical volume. */
export function lvmConf(physicalVolume: string): string {
  return [
    'devices {',
    `\tglobal_filter = [ "a|^${physicalVolume}$|", "r|.*|" ]`,
    '}',
    'global {',
    '\tevent_activation = 0',
    '}',
    '',
  ].join('\n');
}

function volumeGroupUnit({ group, after, before }: Volume): string {
  return [
    '[Unit]',
    `Description=Volume group ${group}`,
    `Requires=${after}`,
    `After=${after}`,
    `Before=${before.join(' ')}`,
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=/sbin/vgchange --quiet --activate y ${group}`,
    `ExecStop=-/sbin/vgchange --quiet --activate n ${group}`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}
