import { existsSync, readFileSync } from 'node:fs';
import { copyFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../lab/errors.ts';
import type { MachineId } from '../../../lab/providers/vagrant/hypervisor.ts';
import type { VirtualBoxTools } from '../../../lab/providers/virtualbox/tools.ts';
import { waitFor } from '../../../lab/wait.ts';

/** A machine of the test: boots the counting boot sector, with NIC 1 as Vagrant has it and one of the cluster's. */
export interface TestMachine extends MachineId {
  /** File of its first serial port. */
  serial: string;
}

export interface MachinePlace {
  tools: VirtualBoxTools;
  folder: string;
  bootSector: string;
}

export function placeOf(env: NodeJS.ProcessEnv, tools: VirtualBoxTools): MachinePlace {
  const folder = env['LAB_TEST_FOLDER'];
  const bootSector = env['LAB_TEST_BOOT_SECTOR'];
  if (folder === undefined || bootSector === undefined)
    throw new Error('these tests run inside of their namespaces only: npm run test:virtualbox');
  return { tools, folder, bootSector };
}

export interface MachineOptions {
  /** Where UDP packets of the cluster NIC go, one for each frame; without it nobody listens. */
  framesTo?: number;
  /** What it starts from; the disk, when nothing is said. */
  boot?: 'disk' | 'net';
}

/** Makes a machine that is off. Internal networks need the kernel module, so NIC 2 leads into a UDP tunnel. */
export async function makeMachine(
  { tools, folder, bootSector }: MachinePlace,
  name: string,
  { framesTo = 9, boot = 'disk' }: MachineOptions = {},
): Promise<TestMachine> {
  const file = (ending: string): string => join(folder, `${name}.${ending}`);
  await copyFile(bootSector, file('raw'));
  await truncate(file('raw'), 1024 * 1024);
  await tools.manage(['convertfromraw', file('raw'), file('vdi'), '--format', 'VDI']);
  const created = await tools.manage(['createvm', '--name', name, '--ostype', 'Other', '--register']);
  const id = /^UUID: ([0-9a-f-]{36})/m.exec(created)?.[1];
  if (id === undefined) throw new Error(`no UUID in ${created}`);
  await tools.manage([
    ...['modifyvm', id, '--memory', '16', '--vram', '1', '--audio-enabled', 'off'],
    ...['--vm-execution-engine=interpreter', '--boot1', boot, '--boot2', 'none', '--boot3', 'none'],
    ...['--nic1', 'nat', '--nic2', 'generic', '--nicgenericdrv2', 'UDPTunnel', '--nicbootprio2', '1'],
    ...['--nicproperty2', 'dest=127.0.0.1', '--nicproperty2', `dport=${String(framesTo)}`],
    ...['--nicproperty2', `sport=${String(20_000 + Math.floor(Math.random() * 20_000))}`],
    ...['--uart1', '0x3F8', '4', '--uartmode1', 'file', file('serial')],
  ]);
  await tools.manage(['storagectl', id, '--name', 'IDE', '--add', 'ide']);
  const disk = [
    '--storagectl',
    'IDE',
    '--port',
    '0',
    '--device',
    '0',
    '--type',
    'hdd',
    '--medium',
    file('vdi'),
  ];
  await tools.manage(['storageattach', id, ...disk]);
  return {
    id,
    serial: file('serial'),
    node: {
      name,
      role: 'server',
      memoryMib: 256,
      cpus: 1,
      nics: [{ name: 'eth1', network: 'lan', address: '192.168.33.21/24' }],
    },
  };
}

/** The counts that a machine printed, in their order. */
export function countsOf({ serial }: Pick<TestMachine, 'serial'>): number[] {
  if (!existsSync(serial)) return [];
  return readFileSync(serial, 'latin1')
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => (/^[0-9A-F]{8}$/.test(line) ? [Number.parseInt(line, 16)] : []));
}

/** Waits until the guest has counted this far, and returns its count. */
export async function counted(machine: TestMachine, least: number, timeoutMs = 30_000): Promise<number> {
  return await waitFor(
    `${machine.node.name} to count to ${String(least)}`,
    () => {
      const last = countsOf(machine).at(-1) ?? -1;
      return Promise.resolve(
        last >= least ? { done: true, value: last } : { done: false, state: `it counted to ${String(last)}` },
      );
    },
    { timeoutMs, everyMs: 20 },
  );
}

/**
 * Saves a machine that runs, which lab itself never asks for. Again when VirtualBox fails with an assertion of its own: 7.2.22 on
 * a busy host was seen to end with E_ACCESSDENIED in saveStorageControllers.
 */
export async function saveState(tools: VirtualBoxTools, id: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await tools.manage(['controlvm', id, 'savestate']);
      return;
    } catch (error) {
      if (attempt === 3 || !messageOf(error).includes('saveStorageControllers')) throw error;
    }
  }
}
