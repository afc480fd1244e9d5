import { hostNowMs } from '../clock.ts';
import type { Fault, FaultContext } from '../fault.ts';
import { messageOf, RigError } from '../errors.ts';
import { shellQuote } from '../quote.ts';
import { pause, waitFor } from '../wait.ts';
import { untilItSays } from './parts/looks.ts';

export interface FlapOptions {
  /** How long the cable is out, and then in, each time. */
  outMs: number;
  inMs: number;
  provenWithinMs?: number;
}

/** Losses and returns of carrier that count as flapping. */
const changesNeeded = 4;

/** The cable of a NIC goes out and in, again and again, until the fault is healed. Every time is told. */
export function flap(nic: string, { outMs, inMs, provenWithinMs = 120_000 }: FlapOptions): Fault {
  const changes = `cat ${shellQuote(`/sys/class/net/${nic}/carrier_changes`)}`;
  let before: number | undefined;
  let running: { stop: AbortController; ended: Promise<void>; failure: () => unknown } | undefined;
  const count = async ({ lab, node, signal }: FaultContext): Promise<number> =>
    Number((await lab.machine(node).exec(changes, { timeoutMs: 10_000, signal })).stdout.trim());

  return {
    name: 'flap',
    title: `the cable of ${nic} is loose`,
    needs: ['link'],

    inject: async (context) => {
      const { lab, node, tell } = context;
      before = await count(context);
      const stop = new AbortController();
      let failure: unknown;
      const move = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          const askedOutMs = hostNowMs();
          await lab.link(node, nic, 'down');
          tell('fault-struck', `the cable of ${nic} is out`, askedOutMs);
          await pause(outMs, stop.signal);
          const askedInMs = hostNowMs();
          await lab.link(node, nic, 'up');
          tell('fault-lifted', `the cable of ${nic} is in`, askedInMs);
          await pause(inMs, stop.signal);
        }
      };
      const ended = move().catch((error: unknown) => {
        if (!stop.signal.aborted) failure = error;
      });
      running = { stop, ended, failure: () => failure };
    },

    proven: async (context) => {
      const { node, signal } = context;
      const counted = await waitFor(
        `the carrier of ${nic} of ${node} to come and go`,
        async () => {
          if (running === undefined || before === undefined) return { done: false, state: 'nobody moves it' };
          const failure = running.failure();
          if (failure !== undefined) throw new RigError(`the cable cannot be moved: ${messageOf(failure)}`);
          const more = (await count(context)) - before;
          return more >= changesNeeded
            ? { done: true, value: more }
            : { done: false, state: `${String(more)} changes of carrier` };
        },
        { timeoutMs: provenWithinMs, everyMs: 200, signal },
      );
      return { proof: [`${nic} of ${node} lost and got carrier ${String(counted)} times (its own kernel)`] };
    },

    heal: async ({ lab, node }) => {
      running?.stop.abort();
      await running?.ended;
      running = undefined;
      await lab.link(node, nic, 'up');
    },

    healed: async (context) => {
      const carrier = `cat ${shellQuote(`/sys/class/net/${nic}/carrier`)}`;
      const awaited = `${nic} of ${context.node} to have carrier`;
      await untilItSays(context, awaited, carrier, (answer) => answer === '1', 30_000);
    },
  };
}
