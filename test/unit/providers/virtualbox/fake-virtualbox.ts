import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineId } from '../../../../lab/providers/vagrant/hypervisor.ts';
import { refusalOf } from '../../../../lab/providers/virtualbox/refusal.ts';
import type { VirtualBoxTools } from '../../../../lab/providers/virtualbox/tools.ts';

interface FakeSnapshot {
  uuid: string;
  name: string;
  description: string;
}

export interface FakeMachine {
  id: string;
  state: string;
  session: string;
  cables: Map<string, string>;
  /** Mode of the second serial port: `server,FILE`, `client,FILE`. */
  serialLine?: string;
  snapshots: FakeSnapshot[];
}

/** VBoxManage in memory: answers in the words that VirtualBox 7.2 was seen to use. */
export interface FakeVirtualBox {
  tools: VirtualBoxTools;
  machines: Map<string, FakeMachine>;
  ids: MachineId[];
  machine(id: string): FakeMachine;
  /** Every command that changes something, in order. */
  readonly done: string[];
  /** Called before each command; what it returns is the command's refusal, as VBoxManage prints it. */
  refuse: (args: readonly string[]) => string | undefined;
  /** How long a command takes to have its effect. */
  delayMs: (args: readonly string[]) => number;
  /** The words with which the process of a machine ends that is started standing still; undefined when it lives. */
  diesAtStart: (id: string) => string | undefined;
}

export function fakeVirtualBox(names: readonly string[] = ['nfs01', 'nfs02']): FakeVirtualBox {
  const machines = new Map(
    names.map((id): [string, FakeMachine] => [
      id,
      {
        id,
        state: 'running',
        session: 'headless',
        cables: new Map([
          ['1', 'on'],
          ['2', 'on'],
        ]),
        snapshots: [],
      },
    ]),
  );
  const done: string[] = [];
  let serial = 0;

  const fail = (args: readonly string[], words: string): never => {
    throw refusalOf(`VBoxManage ${args.join(' ')}`, `VBoxManage: error: ${words}\n`, 1);
  };
  const find = (args: readonly string[], id: string): FakeMachine =>
    machines.get(id) ?? fail(args, `Could not find a registered machine named '${id}'`);
  const set = (machine: FakeMachine, state: string): void => {
    machine.state = state;
    machine.session = ['running', 'paused'].includes(state) ? 'headless' : '';
  };
  const control = (machine: FakeMachine, args: readonly string[]): void => {
    const [, , verb = '', value = ''] = args;
    if (machine.session === '') fail(args, `Machine '${machine.id}' is not currently running.`);
    if (verb === 'poweroff') set(machine, 'poweroff');
    else if (verb === 'pause') set(machine, 'paused');
    else if (verb === 'resume') set(machine, 'running');
    else machine.cables.set(verb.replace('setlinkstate', ''), value);
  };
  const snapshot = (machine: FakeMachine, args: readonly string[]): void => {
    const [, , verb, name = '', option, value = ''] = args;
    if (verb === 'take') {
      const uuid = `uuid-${String(++serial)}`;
      machine.snapshots.push({ uuid, name, description: option === '--description' ? value : '' });
      return;
    }
    const found = machine.snapshots.find((each) => each.uuid === name);
    if (found === undefined) fail(args, `Could not find a snapshot named '${name}'`);
    else if (verb === 'delete') machine.snapshots.splice(machine.snapshots.indexOf(found), 1);
    else if (verb === 'edit') found.name = value;
    else set(machine, 'saved');
  };
  const info = ({ id, state, session, cables, serialLine, snapshots }: FakeMachine): string =>
    [
      `name="${id}"`,
      `VMState="${state}"`,
      ...[...cables].map(([nic, cable]) => `cableconnected${nic}="${cable}"`),
      ...(serialLine === undefined ? [] : ['uart2="0x02f8,3"', `uartmode2="${serialLine}"`]),
      ...(session === '' ? [] : [`SessionName="${session}"`]),
      ...snapshots.flatMap(({ uuid, name, description }, depth) => {
        const branch = '-1'.repeat(depth);
        return [
          `SnapshotName${branch}="${name}"`,
          `SnapshotUUID${branch}="${uuid}"`,
          ...(description === '' ? [] : [`SnapshotDescription${branch}="${description}"`]),
        ];
      }),
    ].join('\n');

  const fake: FakeVirtualBox = {
    machines,
    ids: names.map((id) => ({
      id,
      node: {
        name: id,
        role: 'server',
        memoryMib: 256,
        cpus: 1,
        nics: [{ name: 'eth1', network: 'lan', address: '192.168.33.21/24' }],
      },
    })),
    machine: (id) => find(['test'], id),
    done,
    refuse: () => undefined,
    delayMs: () => 0,
    diesAtStart: () => undefined,
    tools: {
      manage: async (args) => {
        const delayMs = fake.delayMs(args);
        if (delayMs > 0) await sleep(delayMs);
        const [verb, id = ''] = args;
        if (verb === '--version') return '7.0.20r163906\n';
        if (verb !== 'showvminfo') done.push(args.join(' '));
        const refusal = fake.refuse(args);
        if (refusal !== undefined) fail(args, refusal);
        const machine = find(args, id);
        if (verb === 'showvminfo') return info(machine);
        if (verb === 'controlvm') control(machine, args);
        else if (verb === 'startvm') set(machine, 'running');
        else if (verb === 'discardstate') set(machine, 'poweroff');
        else if (verb === 'modifyvm')
          machine.cables.set((args[2] ?? '').replace('--cableconnected', ''), args[3] ?? '');
        else snapshot(machine, args);
        return '';
      },
      startPaused: (id) => {
        done.push(`start ${id} paused`);
        const words = fake.diesAtStart(id);
        if (words === undefined) set(find(['test'], id), 'paused');
        return Promise.resolve({
          failed: words === undefined ? new Promise<never>(() => undefined) : Promise.resolve(words),
          release: () => {
            done.push(`let ${id} be`);
          },
        });
      },
    },
  };
  return fake;
}
