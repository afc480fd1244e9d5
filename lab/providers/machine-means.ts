import type { Deed } from './deed.ts';

const cutAndBooted = 'what was not flushed may be gone';
const staysOut = 'stays out until it is put in';

/** What is done to machines, their power, cables and snapshots. */
export const machineDeeds: readonly Deed[] = [
  {
    what: 'power off',
    capability: 'power',
    by: {
      qemu: { how: 'SIGKILL to the process of QEMU', afterPowerCycle: cutAndBooted, proof: 'run for real' },
      virtualbox: {
        how: '`VBoxManage controlvm VM poweroff`; a saved machine: `VBoxManage discardstate VM`',
        afterPowerCycle: cutAndBooted,
        proof: 'commands',
      },
      libvirt: { how: '`virsh destroy DOMAIN`', afterPowerCycle: cutAndBooted, proof: 'run for real' },
    },
  },
  {
    what: 'power on',
    capability: 'power',
    by: {
      qemu: {
        how: 'a new `qemu-system-x86_64` boots from the disk of the node',
        afterPowerCycle: '-',
        proof: 'run for real',
      },
      virtualbox: {
        how: '`VBoxManage startvm VM --type headless`',
        afterPowerCycle: '-',
        proof: 'commands',
      },
      libvirt: { how: '`virsh start DOMAIN`', afterPowerCycle: '-', proof: 'run for real' },
    },
  },
  {
    what: 'reset',
    capability: 'power',
    by: {
      qemu: { how: 'power off, then on', afterPowerCycle: '-', proof: 'run for real' },
      virtualbox: { how: 'power off, then on', afterPowerCycle: '-', proof: 'commands' },
      libvirt: { how: 'power off, then on', afterPowerCycle: '-', proof: 'run for real' },
    },
  },
  {
    what: 'freeze and thaw',
    capability: 'pause',
    by: {
      qemu: {
        how: 'QMP `stop` and `cont`',
        afterPowerCycle: 'ends: the machine boots',
        proof: 'run for real',
      },
      virtualbox: {
        how: '`VBoxManage controlvm VM pause` and `resume`',
        afterPowerCycle: 'ends: the machine boots',
        proof: 'commands',
      },
      libvirt: {
        how: '`virsh suspend DOMAIN` and `virsh resume DOMAIN`',
        afterPowerCycle: 'ends: the machine boots',
        proof: 'run for real',
      },
    },
  },
  {
    what: 'cable of a NIC out and in',
    capability: 'link',
    by: {
      qemu: {
        how: 'QMP `set_link`',
        afterPowerCycle: 'stays out, when the command that pulled it starts the machine again',
        proof: 'run for real',
      },
      virtualbox: {
        how: '`VBoxManage controlvm VM setlinkstate2 off` and `on` (eth1 is NIC 2); of a machine that is off: `VBoxManage modifyvm VM --cableconnected2 off`',
        afterPowerCycle: staysOut,
        proof: 'commands',
      },
      libvirt: {
        how: '`virsh domif-setlink DOMAIN MAC down --config` for the next start, then without `--config` for now; `up` likewise',
        afterPowerCycle: staysOut,
        proof: 'run for real',
      },
    },
  },
  {
    what: 'snapshot of all nodes at one instant',
    capability: 'snapshot',
    by: {
      qemu: {
        how: 'QMP `stop` on all, then `migrate` of each into a file; disks stay beneath overlays',
        afterPowerCycle: 'stays',
        proof: 'run for real',
      },
      virtualbox: {
        how: '`VBoxManage controlvm VM pause` on all, `VBoxManage snapshot VM take NAME` each, `resume` on all',
        afterPowerCycle: 'stays',
        proof: 'commands',
      },
      libvirt: {
        how: '`virsh suspend` on all, `virsh snapshot-create-as DOMAIN --name NAME` each, `virsh resume` on all',
        afterPowerCycle: 'stays',
        proof: 'run for real',
      },
    },
  },
  {
    what: 'restore of all nodes',
    capability: 'snapshot',
    by: {
      qemu: {
        how: '`qemu-system-x86_64 -incoming` each, then QMP `cont` on all',
        afterPowerCycle: '-',
        proof: 'run for real',
      },
      virtualbox: {
        how: 'power off, `VBoxManage snapshot VM restore UUID` and `VBoxHeadless --startvm VM --start-paused` each (the client of a serial line last), then `VBoxManage controlvm VM resume` on all',
        afterPowerCycle: '-',
        proof: 'commands',
      },
      libvirt: {
        how: '`virsh snapshot-revert DOMAIN --snapshotname NAME --paused --force` each, then `virsh resume` on all',
        afterPowerCycle: '-',
        proof: 'run for real',
      },
    },
  },
];
