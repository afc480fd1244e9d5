import { join } from 'node:path';
import { messageOf } from '../../../lab/errors.ts';
import { installedTools } from '../../../lab/providers/virtualbox/tools.ts';
import { counted, makeMachine, placeOf } from './machine.ts';
import { Unavailable } from './unavailable.ts';

/**
 * Starts one machine with plain VBoxManage commands and sees its guest count. The chroot is made from a suite that moves,
 * and its launcher rests on VirtualBox' inside: when they have parted, that is told, and no test runs.
 * @returns what runs here, for people
 * @throws Unavailable
 */
export async function proveMachineRuns(env: NodeJS.ProcessEnv): Promise<string> {
  const tools = installedTools(env);
  const place = placeOf(env, tools);
  try {
    const version = (await tools.manage(['--version'])).trim();
    // Its default is the home folder that the password file names, whatever HOME says.
    await tools.manage(['setproperty', 'machinefolder', join(place.folder, 'machines')]);
    const machine = await makeMachine(place, 'trial');
    await tools.manage(['startvm', machine.id, '--type', 'headless']);
    await counted(machine, 3);
    await tools.manage(['controlvm', machine.id, 'poweroff']);
    return `VirtualBox ${version} runs an interpreted guest here`;
  } catch (error) {
    throw new Unavailable(`VirtualBox does not run a machine in the chroot: ${messageOf(error)}`);
  }
}
