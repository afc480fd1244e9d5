import { HostError, RigError, messageOf } from '../../errors.ts';
import { together } from '../../together.ts';
import { waitFor } from '../../wait.ts';
import type { Hypervisor, MachineId } from '../vagrant/hypervisor.ts';
import { parseDomain, type Domain } from './domain.ts';
import { virsh } from './virsh.ts';

/** States of `virsh domstate` (virsh(1)). */
const states: ReadonlyMap<string, 'running' | 'paused' | 'off'> = new Map([
  ['running', 'running'],
  ['idle', 'running'],
  ['in shutdown', 'running'],
  ['paused', 'paused'],
  ['pmsuspended', 'paused'],
  ['shut off', 'off'],
  ['crashed', 'off'],
]);

/** Machines of libvirt. An id is the domain's UUID, as Vagrant keeps it. */
export function libvirtHypervisor(): Hypervisor {
  const stateOf: Hypervisor['state'] = async (id) => {
    let text;
    try {
      text = (await virsh(['domstate', id])).trim();
    } catch (error) {
      if (error instanceof HostError || !/failed to get domain|Domain not found/i.test(messageOf(error)))
        throw error;
      return 'missing';
    }
    const state = states.get(text);
    if (state === undefined) throw new RigError(`libvirt says that ${id} is ${JSON.stringify(text)}`);
    return state;
  };
  const until = async (id: string, wanted: 'running' | 'paused' | 'off'): Promise<void> => {
    await waitFor(
      `libvirt to say that ${id} is ${wanted}`,
      async () => {
        const state = await stateOf(id);
        return state === wanted ? { done: true, value: true } : { done: false, state };
      },
      { timeoutMs: 30_000, everyMs: 100 },
    );
  };
  const powerOff: Hypervisor['powerOff'] = async (id) => {
    const state = await stateOf(id);
    if (state === 'off' || state === 'missing') return;
    await virsh(['destroy', id]).catch((error: unknown) => {
      if (!/domain is not running/i.test(messageOf(error))) throw error;
    });
    await until(id, 'off');
  };
  const pause: Hypervisor['pause'] = async (id) => {
    if ((await stateOf(id)) === 'paused') return;
    await virsh(['suspend', id]);
    await until(id, 'paused');
  };
  const resume: Hypervisor['resume'] = async (id) => {
    if ((await stateOf(id)) === 'running') return;
    await virsh(['resume', id]);
    await until(id, 'running');
  };
  const nicOf = async ({ id, node }: MachineId, nic: string): Promise<Domain['nics'][number]> => {
    const domain = parseDomain(await virsh(['dumpxml', id]));
    // The first interface of a domain, eth0, is Vagrant's own; the others follow in the order of their numbers.
    const known = node.nics.some((each) => each.name === nic);
    const found = known ? domain.nics[Number(nic.slice('eth'.length))] : undefined;
    if (found === undefined)
      throw new RigError(
        `${node.name} has no ${nic}: its domain ${domain.name} has ${String(domain.nics.length)} interfaces`,
      );
    return found;
  };

  return {
    name: 'libvirt',
    state: stateOf,
    powerOff,
    powerOn: async (id) => {
      const state = await stateOf(id);
      if (state === 'paused') await resume(id);
      else if (state !== 'running') await virsh(['start', id]);
      await until(id, 'running');
    },
    pause,
    resume,
    link: async (machine, nic, wanted) => {
      const { mac } = await nicOf(machine, nic);
      // A live change alone is lost when the machine is started again, and one of the configuration alone waits for that.
      await virsh(['domif-setlink', machine.id, mac, wanted, '--config']);
      if ((await stateOf(machine.id)) !== 'off') await virsh(['domif-setlink', machine.id, mac, wanted]);
      const { link } = await nicOf(machine, nic);
      if (link !== wanted)
        throw new RigError(`${nic} of ${machine.node.name} is ${link} after it was set ${wanted}`);
    },
    linkState: async (machine, nic) => (await nicOf(machine, nic)).link,
    takeSnapshot: async (machines, name) => {
      await together(
        machines.map(({ id }) => async () => {
          await virsh(['snapshot-delete', id, '--snapshotname', name]).catch((error: unknown) => {
            if (!/no domain snapshot with matching name/i.test(messageOf(error))) throw error;
          });
        }),
      );
      const resumeAll = async (): Promise<void> => {
        await together(
          machines.map(
            ({ id }) =>
              () =>
                resume(id),
          ),
        );
      };
      try {
        await together(
          machines.map(
            ({ id }) =>
              () =>
                pause(id),
          ),
        );
        await together(
          machines.map(
            ({ id }) =>
              () =>
                virsh(['snapshot-create-as', id, '--name', name], 300_000),
          ),
        );
      } catch (error) {
        await resumeAll().catch(() => undefined);
        throw error;
      }
      await resumeAll();
    },
    hasSnapshot: async (machines, name) => {
      const lists = await Promise.all(
        machines.map(({ id }) => virsh(['snapshot-list', id, '--name']).catch(() => '')),
      );
      return lists.every((list) => list.split('\n').some((line) => line.trim() === name));
    },
    restoreSnapshot: async (machines, name) => {
      await together(
        machines.map(
          ({ id }) =>
            () =>
              virsh(['snapshot-revert', id, '--snapshotname', name, '--paused', '--force'], 300_000),
        ),
      );
      await together(
        machines.map(
          ({ id }) =>
            () =>
              virsh(['resume', id]),
        ),
      );
      await together(
        machines.map(
          ({ id }) =>
            () =>
              until(id, 'running'),
        ),
      );
    },
    facts: async () => {
      const text = await virsh(['version']);
      const libvirt = /Using library: libvirt (\S+)/.exec(text)?.[1];
      const qemu = /Running hypervisor: QEMU (\S+)/.exec(text)?.[1];
      return {
        ...(libvirt === undefined ? {} : { libvirt }),
        ...(qemu === undefined ? {} : { qemu }),
      };
    },
    accelerator: async (id) => {
      const { type } = parseDomain(await virsh(['dumpxml', id]));
      return type === 'qemu' ? 'tcg' : type;
    },
  };
}
