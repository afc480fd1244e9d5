import { z } from 'zod';
import { hostNowMs } from '../clock.ts';
import { RigError } from '../errors.ts';
import type { FenceAction, PowerState } from '../fencing.ts';
import { connectQmp, type Qmp } from '../qmp.ts';
import { pause } from '../wait.ts';

/** What was done is proven: the state is what QEMU said afterwards. */
export interface Pressed {
  state: PowerState;
  atMs: number;
}

/** Acts on the power of a node through the monitor of its machine. */
export type PressPower = (monitor: string, node: string, action: 'status' | FenceAction) => Promise<Pressed>;

/** How long a process that was killed may take to be gone. */
const dyingMs = 5000;

const Status = z.looseObject({ status: z.string() });

/**
 * The process of a machine outlives its power here, so that nobody takes it for one that crashed: off is a machine that was
 * stopped and reset and stands at its reset vector. What was in memory is gone, the disk stays. A machine that has no process is
 * off, and stays so: only `lab` starts one.
 * @throws RigError or TimeoutError when it was not done, or is not known to be done
 */
export const pressPower: PressPower = async (monitor, node, action) => {
  const qmp = await monitorOf(monitor, node);
  if (qmp === undefined) {
    if (action === 'on') throw new RigError(`${node} has no machine that could be switched on`);
    return { state: 'off', atMs: hostNowMs() };
  }
  try {
    switch (action) {
      case 'status':
        break;
      case 'off':
        await qmp.command('stop');
        await reset(qmp);
        break;
      case 'on':
        await letRun(qmp);
        break;
      case 'reboot':
        await reset(qmp);
        await letRun(qmp);
    }
    const state = await powerOf(qmp);
    const atMs = hostNowMs();
    if (action !== 'status' && state !== (action === 'off' ? 'off' : 'on'))
      throw new RigError(`${node} is ${state} after ${action}`);
    return { state, atMs };
  } finally {
    qmp.close();
  }
};

async function reset(qmp: Qmp): Promise<void> {
  await Promise.all([qmp.event('RESET'), qmp.command('system_reset')]);
}

async function letRun(qmp: Qmp): Promise<void> {
  if ((await statusOf(qmp)) !== 'running') await qmp.command('cont');
}

/** `prelaunch` is what a machine is called that was reset while it stood still (qapi/run-state.json); a frozen one has power. */
async function powerOf(qmp: Qmp): Promise<PowerState> {
  return (await statusOf(qmp)) === 'prelaunch' ? 'off' : 'on';
}

async function statusOf(qmp: Qmp): Promise<string> {
  return Status.parse(await qmp.command('query-status')).status;
}

/**
 * Undefined when no process listens there: the socket of a living QEMU accepts, or is slow to. One that is just dying closes
 * connections before it greets, so that is not the last word.
 */
async function monitorOf(monitor: string, node: string): Promise<Qmp | undefined> {
  const deadline = hostNowMs() + dyingMs;
  for (;;) {
    try {
      return await connectQmp(monitor, node);
    } catch (error) {
      if (!(error instanceof RigError)) throw error;
      const code = codeOf(error.cause);
      if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
      const mayBeDying = code === undefined || code === 'ECONNRESET';
      if (!mayBeDying || hostNowMs() > deadline) throw error;
      await pause(50);
    }
  }
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
