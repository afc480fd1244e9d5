import { RigError, UsageError } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import type { Hypervisor, MachineId } from '../vagrant/hypervisor.ts';
import { engineOf } from './engine.ts';
import { knownInfo, pause, powerOff, powerOn, resume, stateOf, whileRefused } from './machines.ts';
import { hasSnapshot, restoreSnapshot, takeSnapshot } from './snapshots.ts';
import type { VirtualBoxTools } from './tools.ts';
import { parseVersion } from './version.ts';

/** Machines of VirtualBox, through VBoxManage. An id is the machine's UUID, as Vagrant keeps it, or its name. */
export function virtualboxHypervisor(tools: VirtualBoxTools): Hypervisor {
  const linkState: Hypervisor['linkState'] = async (machine, nic) => {
    const number = nicNumber(machine, nic);
    const cable = (await knownInfo(tools, machine.id)).cables.get(number);
    if (cable === undefined)
      throw new RigError(`${machine.node.name} has no ${nic}: its machine has no NIC ${String(number)}`);
    return cable === 'on' ? 'up' : 'down';
  };

  return {
    name: 'virtualbox',
    state: (id) => stateOf(tools, id),
    powerOff: (id) => powerOff(tools, id),
    powerOn: (id) => powerOn(tools, id),
    pause: (id) => pause(tools, id),
    resume: (id) => resume(tools, id),
    link: async (machine, nic, wanted) => {
      const number = String(nicNumber(machine, nic));
      const cable = wanted === 'up' ? 'on' : 'off';
      const state = await stateOf(tools, machine.id);
      const command =
        state === 'running' || state === 'paused'
          ? ['controlvm', machine.id, `setlinkstate${number}`, cable]
          : ['modifyvm', machine.id, `--cableconnected${number}`, cable];
      await whileRefused('locked', () => tools.manage(command));
      const seen = await linkState(machine, nic);
      if (seen !== wanted)
        throw new RigError(`${nic} of ${machine.node.name} is ${seen} after it was set ${wanted}`);
    },
    linkState,
    takeSnapshot: (machines, name) => takeSnapshot(tools, machines, name),
    hasSnapshot: (machines, name) => hasSnapshot(tools, machines, name),
    restoreSnapshot: (machines, name) => restoreSnapshot(tools, machines, name),
    facts: async () => {
      const { version } = parseVersion(await tools.manage(['--version']));
      return version === undefined ? {} : { virtualbox: version };
    },
    accelerator: async (id) => engineOf(await tools.manage(['showvminfo', id, '--log', '0'])),
  };
}

/** NIC 1 is Vagrant's NAT; those of the topology follow in their order. */
function nicNumber({ node }: MachineId, nic: string): number {
  const names = node.nics.map(({ name }) => name);
  const index = names.indexOf(nic);
  if (index < 0) throw new UsageError(`${node.name} has no ${nic}`, didYouMean(nic, names));
  return index + 2;
}
