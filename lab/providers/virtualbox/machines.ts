import { setTimeout as sleep } from 'node:timers/promises';
import { LabError, RigError, messageOf } from '../../errors.ts';
import { waitFor } from '../../wait.ts';
import { parseMachineInfo, settledState, type MachineInfo, type SettledState } from './machine-info.ts';
import { VBoxManageRefusal } from './refusal.ts';
import type { VirtualBoxTools } from './tools.ts';

/** Passing states (starting, saving, restoring ...) end by themselves; loading a large memory takes a while. */
const settleTimeoutMs = 120_000;
const startTimeoutMs = 180_000;
/** Locks of a process that ends, or of another command, pass within a second. */
const unlockTimeoutMs = 15_000;
const lookEveryMs = 50;

/** Undefined for a machine that VirtualBox does not know. */
export async function infoOf(tools: VirtualBoxTools, id: string): Promise<MachineInfo | undefined> {
  try {
    return await knownInfo(tools, id);
  } catch (error) {
    if (error instanceof VBoxManageRefusal && error.what === 'no such machine') return undefined;
    throw error;
  }
}

/** @throws VBoxManageRefusal (`no such machine`) */
export async function knownInfo(tools: VirtualBoxTools, id: string): Promise<MachineInfo> {
  return parseMachineInfo(
    await whileRefused('busy', () => tools.manage(['showvminfo', id, '--machinereadable'])),
  );
}

/**
 * Tries again while VirtualBox refuses for a reason that passes: a process that ends keeps its lock for an instant longer than
 * any question tells. @throws what else it refuses at once, and the passing refusal when it does not pass
 */
export async function whileRefused<T>(passing: 'busy' | 'locked', command: () => Promise<T>): Promise<T> {
  let deadline: number | undefined;
  for (;;) {
    try {
      return await command();
    } catch (error) {
      if (!(error instanceof VBoxManageRefusal) || (error.what !== 'busy' && error.what !== passing))
        throw error;
      deadline ??= performance.now() + unlockTimeoutMs;
      if (performance.now() > deadline) throw error;
      await sleep(lookEveryMs);
    }
  }
}

/**
 * The state of a machine; waits while it passes from one to another.
 * @throws RigError for a machine that hangs in VirtualBox' guru meditation
 */
export async function stateOf(tools: VirtualBoxTools, id: string): Promise<SettledState | 'missing'> {
  const seen = await untilInfo(
    tools,
    id,
    'a state that lasts',
    (info) => info === undefined || info.state === 'gurumeditation' || settledState(info.state) !== undefined,
  );
  if (seen === undefined) return 'missing';
  const state = settledState(seen.state);
  if (state === undefined)
    throw new RigError(
      `${seen.name} hangs: VirtualBox stopped it with an error (${seen.state})`,
      `VBoxManage showvminfo ${id} --log 0 shows why; VBoxManage controlvm ${id} poweroff ends it`,
    );
  return state;
}

/** Cuts the power and waits until nothing holds the machine; a saved memory is thrown away. Safe on one that is off or gone. */
export async function powerOff(tools: VirtualBoxTools, id: string): Promise<void> {
  const info = await untilInfo(
    tools,
    id,
    'a state in which power can be cut',
    (seen) => seen === undefined || seen.state === 'gurumeditation' || settledState(seen.state) !== undefined,
  );
  if (info === undefined) return;
  const state = settledState(info.state);
  if (state === 'saved') await whileRefused('locked', () => tools.manage(['discardstate', id]));
  else if (state !== 'off')
    await attempt(
      () => tools.manage(['controlvm', id, 'poweroff']),
      async () => (await stateOf(tools, id)) === 'off',
    );
  await untilInfo(
    tools,
    id,
    'its power to be off',
    (seen) => seen === undefined || (settledState(seen.state) === 'off' && !seen.locked),
  );
}

/** Starts a machine that is off, or a saved one where it was; resumes one that is paused. */
export async function powerOn(tools: VirtualBoxTools, id: string): Promise<void> {
  const state = await stateOf(tools, id);
  if (state === 'paused') {
    await resume(tools, id);
    return;
  }
  if (state !== 'running') {
    await attempt(
      () => whileRefused('locked', () => tools.manage(['startvm', id, '--type', 'headless'], startTimeoutMs)),
      async () => (await stateOf(tools, id)) === 'running',
    );
  }
  await until(tools, id, 'running');
}

export async function pause(tools: VirtualBoxTools, id: string): Promise<void> {
  if ((await stateOf(tools, id)) === 'paused') return;
  await attempt(
    () => tools.manage(['controlvm', id, 'pause']),
    async () => (await stateOf(tools, id)) === 'paused',
  );
  await until(tools, id, 'paused');
}

export async function resume(tools: VirtualBoxTools, id: string): Promise<void> {
  if ((await stateOf(tools, id)) === 'running') return;
  await attempt(
    () => tools.manage(['controlvm', id, 'resume']),
    async () => (await stateOf(tools, id)) === 'running',
  );
  await until(tools, id, 'running');
}

/** Waits until the machine is in this state. @throws TimeoutError with the last state seen */
export async function until(
  tools: VirtualBoxTools,
  id: string,
  wanted: SettledState,
  signal?: AbortSignal,
): Promise<void> {
  await untilInfo(
    tools,
    id,
    wanted,
    (info) => info !== undefined && settledState(info.state) === wanted,
    signal,
  );
}

/** @throws TimeoutError with the last state seen; what VBoxManage refuses meanwhile ends the wait at once */
export async function untilInfo(
  tools: VirtualBoxTools,
  id: string,
  awaited: string,
  holds: (info: MachineInfo | undefined) => boolean,
  signal?: AbortSignal,
): Promise<MachineInfo | undefined> {
  const seen = await waitFor<{ info: MachineInfo | undefined } | { failure: LabError }>(
    `${id}: ${awaited}`,
    async () => {
      let info;
      try {
        info = await infoOf(tools, id);
      } catch (error) {
        if (error instanceof LabError) return { done: true, value: { failure: error } };
        throw error;
      }
      if (holds(info)) return { done: true, value: { info } };
      const state = info === undefined ? 'missing' : `${info.state}${info.locked ? ', locked' : ''}`;
      return { done: false, state };
    },
    { timeoutMs: settleTimeoutMs, everyMs: lookEveryMs, signal },
  );
  if ('failure' in seen) throw seen.failure;
  return seen.info;
}

/** A command that someone else's was quicker than is refused, though what it was for holds. */
async function attempt(command: () => Promise<unknown>, holds: () => Promise<boolean>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const anyway =
      error instanceof VBoxManageRefusal &&
      error.what === 'wrong state' &&
      (await holds().catch((second: unknown) => {
        throw new RigError(`${error.message}; then: ${messageOf(second)}`, error.hint, error);
      }));
    if (!anyway) throw error;
  }
}
