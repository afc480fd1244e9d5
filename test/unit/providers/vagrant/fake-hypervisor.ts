import { RigError } from '../../../../lab/errors.ts';
import type { Hypervisor } from '../../../../lab/providers/vagrant/hypervisor.ts';

type State = Awaited<ReturnType<Hypervisor['state']>>;

/** A hypervisor in memory; a machine that nothing was said of runs. */
export interface FakeHypervisor {
  hypervisor: Hypervisor;
  states: Map<string, State>;
  snapshots: Set<string>;
  /** What was done, in order. */
  readonly done: string[];
  /** How often it was asked for a state. */
  readonly looks: Map<string, number>;
}

export function fakeHypervisor(changes: Partial<Hypervisor> = {}): FakeHypervisor {
  const done: string[] = [];
  const states = new Map<string, State>();
  const snapshots = new Set<string>();
  const looks = new Map<string, number>();
  const set =
    (verb: string, state: State) =>
    (id: string): Promise<void> => {
      done.push(`${verb} ${id}`);
      if (states.get(id) !== 'missing') states.set(id, state);
      return Promise.resolve();
    };
  const names = (machines: readonly { node: { name: string } }[]): string =>
    machines.map(({ node }) => node.name).join('+');
  return {
    states,
    snapshots,
    done,
    looks,
    hypervisor: {
      name: 'libvirt',
      state: (id) => {
        looks.set(id, (looks.get(id) ?? 0) + 1);
        return Promise.resolve(states.get(id) ?? 'running');
      },
      powerOff: set('off', 'off'),
      powerOn: set('on', 'running'),
      pause: set('pause', 'paused'),
      resume: set('resume', 'running'),
      link: ({ node, id }, nic, state) => {
        done.push(`link ${node.name} ${id} ${nic} ${state}`);
        return Promise.resolve();
      },
      linkState: () => Promise.resolve('up'),
      takeSnapshot: (machines, name) => {
        done.push(`snapshot ${name} of ${names(machines)}`);
        snapshots.add(name);
        return Promise.resolve();
      },
      hasSnapshot: (_machines, name) => Promise.resolve(snapshots.has(name)),
      restoreSnapshot: (machines, name) => {
        done.push(`restore ${name} of ${names(machines)}`);
        if (!snapshots.has(name)) return Promise.reject(new RigError(`no snapshot ${name}`));
        for (const { id } of machines) states.set(id, 'running');
        return Promise.resolve();
      },
      facts: () => Promise.resolve({ libvirt: '9.0.0' }),
      accelerator: () => Promise.resolve('tcg'),
      ...changes,
    },
  };
}
