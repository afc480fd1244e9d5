import { randomUUID } from 'node:crypto';
import { RigError, messageOf } from '../../errors.ts';
import type { MachineId } from '../vagrant/hypervisor.ts';
import type { SnapshotInfo } from './machine-info.ts';
import { infoOf, knownInfo, powerOff, resume, stateOf, until, whileRefused } from './machines.ts';
import { VBoxManageRefusal, refusalOf } from './refusal.ts';
import type { VirtualBoxTools } from './tools.ts';

/**
 * VirtualBox lets any number of snapshots have one name. So every snapshot says in its description which moment of the lab
 * it belongs to, and machines are only ever brought back to one moment that all of them have.
 */
const momentMark = 'lab moment ';

/**
 * How far apart the first and the last machine may stop or go on, in milliseconds. Usually it is some 200; but while others use
 * VirtualBox too, a command may take ten seconds to reach its service, and a cluster would notice that.
 */
const instantMs = 1000;
const attempts = 4;

/** Writing or reading a memory of gigabytes, or merging a disk. */
const stateTimeoutMs = 600_000;

/**
 * Keeps memory and disks of all machines at one instant: all are paused, all are kept, those that ran go on, whatever fails.
 * Older snapshots of this name are removed when the new ones are there.
 * @throws RigError when a machine has no power: what is not there cannot be kept
 */
export async function takeSnapshot(
  tools: VirtualBoxTools,
  machines: readonly MachineId[],
  name: string,
): Promise<void> {
  const ran: MachineId[] = [];
  for (const { machine, state } of await statesOf(tools, machines)) {
    if (state === 'running') ran.push(machine);
    else if (state !== 'paused')
      throw new RigError(
        `${machine.node.name} is ${state}: a snapshot of the lab needs every node up`,
        'lab up',
      );
  }
  const moment = randomUUID();
  try {
    await pauseTogether(tools, ran);
    try {
      await all(machines.map(({ id }) => take(tools, id, name, moment)));
    } catch (error) {
      await all(machines.map(({ id }) => discard(tools, id, name, (each) => momentOf(each) === moment)));
      throw error;
    }
    await all(machines.map(({ id }) => discard(tools, id, name, (each) => momentOf(each) !== moment)));
  } finally {
    await all(ran.map(({ id }) => resume(tools, id)));
  }
}

/** Whether all machines have a snapshot of this name from one moment. */
export async function hasSnapshot(
  tools: VirtualBoxTools,
  machines: readonly MachineId[],
  name: string,
): Promise<boolean> {
  return (await commonMoment(tools, machines, name)) !== undefined;
}

/**
 * Brings all machines back to the snapshot: their power is cut, disks and memory are put back, all are started standing
 * still, those at the calling end of a serial line last, and then let go together. When one does not come back, all are
 * powered off.
 */
export async function restoreSnapshot(
  tools: VirtualBoxTools,
  machines: readonly MachineId[],
  name: string,
): Promise<void> {
  const moment = await commonMoment(tools, machines, name);
  if (moment === undefined)
    throw new RigError(
      `there is no snapshot ${name} that ${machines.map(({ node }) => node.name).join(', ')} have in common`,
      'lab up provisions the lab anew',
    );
  let apartMs = Infinity;
  for (let attempt = 1; attempt <= attempts && apartMs > instantMs; attempt++)
    apartMs = await bringBack(tools, machines, name, moment);
  if (apartMs > instantMs) throw notTogether('go on', apartMs);
}

/** @returns how far apart the machines went on, at most, in milliseconds */
async function bringBack(
  tools: VirtualBoxTools,
  machines: readonly MachineId[],
  name: string,
  moment: ReadonlyMap<string, string>,
): Promise<number> {
  await all(machines.map(({ id }) => powerOff(tools, id)));
  await all(
    machines.map(async ({ id, node }) => {
      const uuid = moment.get(id) ?? '';
      await whileRefused('locked', () => tools.manage(['snapshot', id, 'restore', uuid], stateTimeoutMs));
      const state = await stateOf(tools, id);
      if (state !== 'saved')
        throw new RigError(`the snapshot ${name} of ${node.name} holds no memory: the machine is ${state}`);
    }),
  );
  try {
    const infos = await all(machines.map(({ id }) => knownInfo(tools, id)));
    for (const calls of [false, true]) {
      const now = machines.filter((_, i) => infos[i]?.callsSerialPeer === calls);
      await all(now.map(({ id }) => startStill(tools, id)));
    }
    const fromMs = performance.now();
    await all(machines.map(({ id }) => tools.manage(['controlvm', id, 'resume'])));
    const apartMs = performance.now() - fromMs;
    await all(machines.map(({ id }) => until(tools, id, 'running')));
    return apartMs;
  } catch (error) {
    await Promise.allSettled(machines.map(({ id }) => powerOff(tools, id)));
    throw error;
  }
}

/** Pauses machines that run, again if one of them was late; nothing is asked of VirtualBox in between that could take long. */
async function pauseTogether(tools: VirtualBoxTools, machines: readonly MachineId[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const fromMs = performance.now();
    await all(machines.map(({ id }) => tools.manage(['controlvm', id, 'pause'])));
    const apartMs = performance.now() - fromMs;
    await all(machines.map(({ id }) => until(tools, id, 'paused')));
    if (apartMs <= instantMs) return;
    if (attempt === attempts) throw notTogether('stop', apartMs);
    await all(machines.map(({ id }) => resume(tools, id)));
  }
}

function notTogether(what: string, apartMs: number): RigError {
  return new RigError(
    `VirtualBox did not let all machines ${what} at once: ${(apartMs / 1000).toFixed(1)} s apart, ${String(attempts)} times`,
    'end what keeps this host busy, then try again',
  );
}

/** VBoxHeadless may come too early, when the command that put the snapshot back has not quite let go. */
async function startStill(tools: VirtualBoxTools, id: string): Promise<void> {
  await whileRefused('locked', async () => {
    const starting = await tools.startPaused(id);
    const over = new AbortController();
    try {
      await Promise.race([
        until(tools, id, 'paused', over.signal),
        starting.failed.then((words) => {
          throw refusalOf(`VBoxHeadless --startvm ${id} --start-paused`, words, undefined);
        }),
      ]);
    } finally {
      over.abort();
      starting.release();
    }
  });
}

async function take(tools: VirtualBoxTools, id: string, name: string, moment: string): Promise<void> {
  const words = ['snapshot', id, 'take', name, '--description', `${momentMark}${moment}`];
  await tools.manage(words, stateTimeoutMs);
  const { snapshots } = await knownInfo(tools, id);
  if (!snapshots.some((each) => each.name === name && momentOf(each) === moment))
    throw new RigError(`VirtualBox took a snapshot ${name} of ${id} and does not list it`);
}

/** Removes the snapshots of this name that were picked. One that others were made from cannot be removed: it is renamed. */
async function discard(
  tools: VirtualBoxTools,
  id: string,
  name: string,
  picked: (snapshot: SnapshotInfo) => boolean,
): Promise<void> {
  const { snapshots } = await knownInfo(tools, id);
  for (const old of snapshots.filter((each) => each.name === name && picked(each))) {
    try {
      await tools.manage(['snapshot', id, 'delete', old.uuid], stateTimeoutMs);
    } catch (error) {
      if (!(error instanceof VBoxManageRefusal)) throw error;
      const reason = messageOf(error);
      await tools
        .manage(['snapshot', id, 'edit', old.uuid, '--name', `${name}-superseded`])
        .catch((second: unknown) => {
          throw new RigError(`${reason}; then: ${messageOf(second)}`, undefined, error);
        });
    }
  }
}

/** The UUID of each machine's snapshot, of the newest moment that all of them have. */
async function commonMoment(
  tools: VirtualBoxTools,
  machines: readonly MachineId[],
  name: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const kept = await all(
    machines.map(async ({ id }) => {
      const snapshots = (await infoOf(tools, id))?.snapshots ?? [];
      return {
        id,
        byMoment: new Map(
          snapshots.flatMap((each) => {
            const moment = momentOf(each);
            return each.name === name && moment !== undefined ? [[moment, each.uuid] as const] : [];
          }),
        ),
      };
    }),
  );
  const [first, ...others] = kept;
  const moment = [...(first?.byMoment.keys() ?? [])].findLast((each) =>
    others.every(({ byMoment }) => byMoment.has(each)),
  );
  if (moment === undefined) return undefined;
  return new Map(kept.map(({ id, byMoment }) => [id, byMoment.get(moment) ?? '']));
}

function momentOf({ description }: SnapshotInfo): string | undefined {
  return description.startsWith(momentMark) ? description.slice(momentMark.length).trim() : undefined;
}

async function statesOf(
  tools: VirtualBoxTools,
  machines: readonly MachineId[],
): Promise<{ machine: MachineId; state: string }[]> {
  return await all(machines.map(async (machine) => ({ machine, state: await stateOf(tools, machine.id) })));
}

/** Waits for all, then throws the first failure: nothing goes on behind the caller's back. */
async function all<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(works);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
