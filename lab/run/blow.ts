import { drawn } from '../draw.ts';
import type { Blow } from '../record.ts';
import type { Stage } from '../scenario.ts';
import { pause } from '../wait.ts';
import type { Journal } from './journal.ts';
import type { LabSpec } from './spec.ts';

/** Which of how many runs this is, and what its draw follows from. */
export interface Repeat {
  seed: number;
  /** From 1. */
  run: number;
  of: number;
}

/**
 * When the first fault comes: after a wait drawn evenly from one heartbeat interval. A lab is restored at one and the same
 * instant, so without it every run would hit nearly the same point between two heartbeats. A run has the same draw whatever
 * the number of runs.
 */
export function drawBlow({ stack, settings }: LabSpec, scenario: string, repeat: Repeat): Blow {
  const heartbeatIntervalMs = stack.heartbeatIntervalMs(settings);
  const share = drawn(repeat.seed, scenario, String(repeat.run));
  return { ...repeat, heartbeatIntervalMs, waitMs: Math.floor(share * heartbeatIntervalMs) };
}

/**
 * The stage, on which the first blow waits until the drawn time has gone by: the first fault, or the opening of the first
 * window, whichever comes first. What a scenario measures begins in a window, also where no fault is the blow but an order to the cluster.
 */
export function strikingLater(stage: Stage, { waitMs }: Blow, journal: Journal, signal: AbortSignal): Stage {
  let waits = true;
  const wait = async (): Promise<void> => {
    if (!waits) return;
    waits = false;
    const text = `${String(waitMs)} ms of the heartbeat interval go by first`;
    journal.note({ source: 'lab', kind: 'fault-delayed', text });
    await pause(waitMs, signal);
  };
  return {
    ...stage,
    inject: async (fault, node) => {
      await wait();
      return await stage.inject(fault, node);
    },
    window: async (request, during) => {
      await wait();
      await stage.window(request, during);
    },
  };
}
