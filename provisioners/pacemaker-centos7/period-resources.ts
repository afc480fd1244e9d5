import { numberSetting, textSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { fenceDeviceOf } from '../parts/fencing.ts';
import { quorumPolicy } from './resources.ts';
import { fences } from './settings.ts';

/** The article's pcs commands, with what the settings change in them. */

export function propertyCommands(settings: Settings): string[] {
  return [
    `sudo pcs property set stonith-enabled="${String(fences(settings))}"`,
    `sudo pcs property set no-quorum-policy="${quorumPolicy(settings)}"`,
    'sudo pcs property set start-failure-is-fatal="false"',
    ...(numberSetting(settings, 'loadThreshold') === 80
      ? []
      : [`sudo pcs property set load-threshold="${number(settings, 'loadThreshold')}%"`]),
    `sudo pcs resource defaults migration-threshold="${number(settings, 'migrationThreshold')}"`,
    `sudo pcs resource defaults resource-stickiness="${String(settings['stickiness'])}"`,
    `sudo pcs resource defaults failure-timeout="${number(settings, 'failureTimeout')}s"`,
  ];
}

export function drbdCommand(settings: Settings): string {
  const interval = number(settings, 'drbd.monitorInterval');
  const delay = numberSetting(settings, 'drbd.monitorDelay');
  return [
    'sudo pcs -f output.cib resource create drbd ocf:linbit:drbd \\',
    '  drbd_resource="nfs" drbdconf="/etc/drbd.conf" \\',
    '    op start timeout="240s" on-fail="restart" \\',
    '    op stop  timeout="100s" on-fail="block" \\',
    `    op monitor interval="${interval}s" timeout="20s" start-delay="${delay === 60 ? '1m' : `${String(delay)}s`}" on-fail="restart" \\`,
    '      --master meta notify="true"',
  ].join('\n');
}

export function groupCommands(settings: Settings): string[] {
  const interval = number(settings, 'monitorInterval');
  const delay = number(settings, 'nfsserver.monitorDelay');
  return [
    [
      'sudo pcs -f output.cib resource create fs ocf:heartbeat:Filesystem \\',
      '  device="/dev/drbd/by-res/nfs" directory="/drbd/nfs" fstype="xfs" \\',
      '    op start timeout="60s" on-fail="restart" \\',
      '    op stop  timeout="60s" on-fail="block" \\',
      `    op monitor interval="${interval}s" timeout="60s" on-fail="restart"`,
    ].join('\n'),
    [
      'sudo pcs -f output.cib resource create vip ocf:heartbeat:IPaddr2 \\',
      '  ip="192.168.33.20" cidr_netmask="24" nic="enp0s8" \\',
      '    op start timeout="20s" on-fail="restart" \\',
      '    op stop  timeout="20s" on-fail="block" \\',
      `    op monitor interval="${interval}s" timeout="20s" on-fail="restart"`,
    ].join('\n'),
    [
      'sudo pcs -f output.cib resource create nfsserver ocf:heartbeat:nfsserver \\',
      '  nfs_shared_infodir="/drbd/nfs/var-lib-nfs" \\',
      `    op start timeout="${number(settings, 'nfsserver.startTimeout')}s" \\`,
      `    op stop  timeout="${number(settings, 'nfsserver.stopTimeout')}s" \\`,
      `    op monitor interval="${interval}s" timeout="${number(settings, 'nfsserver.monitorTimeout')}s" on-fail="restart" start-delay="${delay}s"`,
    ].join('\n'),
    [
      'sudo pcs -f output.cib resource create exportfs ocf:heartbeat:exportfs \\',
      '  clientspec="192.168.33.0/24" options="rw,no_root_squash" directory="/drbd/nfs/nfsroot" fsid="root"',
    ].join('\n'),
  ];
}

export function groupAddCommand(settings: Settings): string {
  const members =
    textSetting(settings, 'order') === 'article' ? 'fs vip nfsserver exportfs' : 'fs nfsserver exportfs vip';
  return `sudo pcs -f output.cib resource group add group-nfs ${members}`;
}

/** Not of the article. */
export function fenceCommands(servers: readonly string[]): string[] {
  return servers.flatMap((server) => [
    `sudo pcs -f output.cib stonith create ${fenceDeviceOf(server)} fence_lab pcmk_host_list="${server}" pcmk_host_check="static-list" op monitor interval="60s"`,
    `sudo pcs -f output.cib constraint location ${fenceDeviceOf(server)} avoids ${server}`,
  ]);
}

/** The article's last section: the NFS server on both nodes. Empty where the agent has it. */
export function clonedCommands(settings: Settings): string[] {
  const form = textSetting(settings, 'nfsserver');
  if (form === 'agent') return [];
  const removal = [
    'sudo pcs resource delete exportfs',
    'sudo pcs resource delete nfsserver',
    'sudo pcs resource cleanup exportfs',
    'sudo pcs resource cleanup nfsserver',
  ];
  const server = 'sudo pcs resource create nfsserver systemd:nfs-server \\\n  op monitor interval="30s"';
  const exportOf = (directory: string): string =>
    [
      'sudo pcs resource create exportfs ocf:heartbeat:exportfs \\',
      `  clientspec="192.168.33.0/24" options="rw,no_root_squash" directory="${directory}" fsid="root" \\`,
      '  op monitor interval="30s"',
    ].join('\n');
  if (form === 'cloned')
    return [
      ...removal,
      server,
      exportOf('/drbd/nfs'),
      'sudo pcs resource group add group-nfsserver nfsserver exportfs',
      'sudo pcs resource clone group-nfsserver',
      'sudo pcs constraint colocation add group-nfs with group-nfsserver-clone INFINITY',
      'sudo pcs constraint order start group-nfsserver-clone then start group-nfs',
    ];
  const before = textSetting(settings, 'order') === 'article' ? '' : ' --before vip';
  return [
    ...removal,
    `${server} --clone`,
    exportOf('/drbd/nfs/nfsroot'),
    `sudo pcs resource group add group-nfs exportfs${before}`,
    'sudo pcs constraint colocation add group-nfs with nfsserver-clone INFINITY',
    'sudo pcs constraint order start nfsserver-clone then start group-nfs',
  ];
}

function number(settings: Settings, name: string): string {
  return String(numberSetting(settings, name));
}
