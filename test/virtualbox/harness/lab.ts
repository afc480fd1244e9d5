import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { machineName } from '../../../lab/vagrantfile/names.ts';
import type { Box } from '../../../lab/box.ts';
import { debian12 } from '../../../lab/platforms/debian-12.ts';
import type { Progress } from '../../../lab/progress.ts';
import type { LabRequest } from '../../../lab/provider.ts';
import { installedTools, type VirtualBoxTools } from '../../../lab/providers/virtualbox/tools.ts';
import { Topology } from '../../../lab/topology.ts';
import { topology } from '../../../provisioners/heartbeat-sarge/layout.ts';
import { startGuests, type Guests } from './guests.ts';
import { placeOf } from './machine.ts';
import { prepareVagrant } from './vagrant.ts';

/** The machines of heartbeat-sarge, with a serial line between the servers, as the article has one. */
export const cluster = Topology.parse({
  ...topology('current'),
  serialLines: [{ between: ['nfs01', 'nfs02'] }],
});
export const nodes = cluster.nodes.map(({ name }) => name);

export interface VagrantRoom {
  tools: VirtualBoxTools;
  guests: Guests;
  request: LabRequest;
  /** Holds `.lab` and what Vagrant keeps of boxes. */
  folder: string;
  /** `.lab` */
  home: string;
  /** `.lab/<name>` */
  directory: string;
  box: Box;
  /** Puts the environment of this process back. */
  close(): Promise<void>;
}

/**
 * Makes this process one in which lab finds the real Vagrant, furnished as prepareVagrant says.
 * @param folder for all its files, below that of the run
 */
export async function openVagrantRoom(folder: string): Promise<VagrantRoom> {
  const tools = installedTools(process.env);
  const place = placeOf(process.env, tools);
  place.folder = join(place.folder, folder);
  await mkdir(place.folder);
  const name = 'heartbeat-sarge';
  const guests = await startGuests(cluster.nodes, tools, (node) => machineName(name, node));
  const nics = Math.max(...cluster.nodes.map((node) => node.nics.length));
  const { bin, box } = await prepareVagrant(place, nics, guests.addresses);
  const before = { ...process.env };
  process.env['PATH'] = `${bin}:${process.env['PATH'] ?? ''}`;
  process.env['XDG_STATE_HOME'] = join(place.folder, 'state');
  const home = join(place.folder, '.lab');
  return {
    tools,
    guests,
    request: { name, topology: cluster, platform: debian12 },
    folder: place.folder,
    home,
    directory: join(home, name),
    box: {
      name: 'test/boot-sector',
      url: box,
      checksum: { type: 'sha256', value: createHash('sha256').update(readFileSync(box)).digest('hex') },
    },
    close: async () => {
      process.env = before;
      await guests.close();
    },
  };
}

/** Keeps what is told, and calls back for each note. */
export function notesInto(notes: string[], onNote: (note: string) => void = () => undefined): Progress {
  const progress: Progress = {
    step: (_title, work) => work(progress),
    note: (text) => {
      notes.push(text);
      onNote(text);
    },
  };
  return progress;
}

/** Kills the `vagrant up` that this process started, as nothing can notice. */
export function killVagrantUp(): void {
  const children = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' '),
  );
  const found = children.filter((pid) => {
    if (pid === '') return false;
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words.includes('up') && words.some((word) => word.endsWith('vagrant'));
  });
  const [pid] = found;
  if (pid === undefined || found.length > 1)
    throw new Error(`one vagrant up was expected, not ${String(found.length)}`);
  process.kill(Number(pid), 'SIGKILL');
}

/** What Vagrant says of each machine, in lab's words. */
export async function vagrantStates(directory: string): Promise<Record<string, string>> {
  const { stdout } = await execa('vagrant', ['status', '--machine-readable'], {
    cwd: directory,
    stdin: 'ignore',
    timeout: 120_000,
  });
  return Object.fromEntries(
    [...stdout.matchAll(/^\d+,([\w-]+),state,(\w+)/gm)].map(([, node = '', state = '']) => [
      node,
      inWordsOfLab[state] ?? state,
    ]),
  );
}

const inWordsOfLab: Readonly<Record<string, string>> = {
  poweroff: 'off',
  aborted: 'off',
  not_created: 'missing',
};

/** Names of all machines of VirtualBox, in their order. */
export async function allMachines(tools: VirtualBoxTools): Promise<string[]> {
  const told = await tools.manage(['list', 'vms']);
  return [...told.matchAll(/^"(.*)" \{[0-9a-f-]{36}\}$/gm)].map(([, name = '']) => name).sort();
}
