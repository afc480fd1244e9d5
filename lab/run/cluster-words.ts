import { hostNowMs } from '../clock.ts';
import { InterruptedError, NotRecoveredError, RigError, TimeoutError, UsageError } from '../errors.ts';
import type { Lab } from '../provider.ts';
import type { Stage } from '../scenario.ts';
import { linkOf } from '../topology.ts';
import { waitFor, type Seen } from '../wait.ts';
import type { LabSpec } from './spec.ts';

/** The words of a stage that ask or order the cluster. */
export type ClusterWords = Pick<
  Stage,
  'anatomy' | 'nicsOf' | 'active' | 'serviceOn' | 'settled' | 'bothActive' | 'redundant' | 'order' | 'see'
>;

export interface ClusterWordsContext {
  spec: LabSpec;
  lab: Lab;
  signal: AbortSignal;
  step: <T>(text: string, work: () => Promise<T>) => Promise<T>;
  told: (text: string, kind: string, node?: string) => void;
  /** Where the service should be at the end, from now on. */
  expect: (node: string) => void;
}

/** Replicas that refuse each other for so long do so for good. */
const stuckAfterMs = 5000;
/** A node that is about to lose the service, too, may hold it alone for a moment. */
const settledForMs = 10_000;
const orderTimeoutMs = 120_000;
const lookTimeoutMs = 20_000;

export function clusterWords({ spec, lab, signal, step, told, expect }: ClusterWordsContext): ClusterWords {
  const { stack, edition, settings } = spec;
  const untilHeld = async <T>(
    awaited: string,
    timeoutMs: number,
    look: (holders: string[]) => T | undefined,
  ): Promise<T> =>
    await recovery(
      waitFor(
        awaited,
        async (): Promise<Seen<T>> => {
          const holders = await stack.active(lab);
          const value = look(holders);
          return value === undefined ? { done: false, state: describe(holders) } : { done: true, value };
        },
        { timeoutMs, everyMs: 1000, signal },
      ),
    );

  return {
    anatomy: () => {
      const anatomy = stack.anatomy(edition, settings);
      if (anatomy === undefined)
        throw new UsageError(
          `${stack.name} does not say what faults could take hold of in its edition ${edition}`,
        );
      return anatomy;
    },
    nicsOf: (node, network) => {
      const found = lab.topology.nodes.find((each) => each.name === node);
      const nics = (found?.nics ?? []).filter((nic) => nic.network === network);
      const names = nics
        .map(({ name }) => name)
        .filter((name) => found === undefined || linkOf(found, name)[0] === name);
      if (names.length === 0) throw new UsageError(`${node} has no NIC on ${network}`);
      return names;
    },
    active: async () => {
      if (signal.aborted) throw new InterruptedError();
      const holders = await orInterrupted(stack.active(lab), signal);
      const [holder] = holders;
      if (holder === undefined || holders.length > 1)
        throw new RigError(
          `one active server was expected, found ${holders.length === 0 ? 'none' : holders.join(' and ')}`,
        );
      return holder;
    },
    serviceOn: async (node, { timeoutMs }) => {
      expect(node);
      await step(`wait for the service on ${node}`, () =>
        untilHeld(`the service on ${node} alone`, timeoutMs, (holders) =>
          holders.length === 1 && holders[0] === node ? true : undefined,
        ),
      );
    },
    settled: async ({ timeoutMs, forMs = settledForMs }) => {
      let held: { by: string; sinceMs: number } | undefined;
      const node = await step('wait until one node holds the service alone', () =>
        untilHeld(`the service on one node alone, for ${String(forMs / 1000)} s`, timeoutMs, (holders) => {
          const [by, ...others] = holders;
          const nowMs = hostNowMs();
          if (by === undefined || others.length > 0) held = undefined;
          else if (held?.by !== by) held = { by, sinceMs: nowMs };
          return held !== undefined && nowMs - held.sinceMs >= forMs ? held.by : undefined;
        }),
      );
      expect(node);
      told(`the service is on ${node}`, 'step', node);
      return node;
    },
    bothActive: async ({ timeoutMs }) => {
      const holders = await step('wait until both servers hold the service', () =>
        untilHeld('the service on both servers', timeoutMs, (found) =>
          found.length > 1 ? found : undefined,
        ),
      );
      told(`${holders.join(' and ')} both hold the service`, 'both-active');
    },
    redundant: async ({ timeoutMs }) => {
      let stuckSinceMs = Infinity;
      const end = await step('wait for both replicas to be up to date', () =>
        recovery(
          waitFor(
            'both replicas connected and up to date',
            async () => {
              const { ok, found, stuck = false } = await stack.redundant(lab);
              stuckSinceMs = stuck ? Math.min(stuckSinceMs, hostNowMs()) : Infinity;
              return ok || hostNowMs() - stuckSinceMs >= stuckAfterMs
                ? { done: true, value: { ok, found } }
                : { done: false, state: found };
            },
            { timeoutMs, everyMs: 1000, signal },
          ),
        ),
      );
      if (!end.ok)
        throw new NotRecoveredError(`the replicas will not meet again by themselves: ${end.found}`);
    },
    order: async ({ node, title, command, timeoutMs = orderTimeoutMs }) => {
      await step(`${title}: ${command}`, async () => {
        await lab.machine(node).exec(command, { timeoutMs, signal });
        told(`${title}: ${command}`, 'order', node);
      });
    },
    see: async ({ node, what, command, prints }, { timeoutMs }) => {
      const nodes = typeof node === 'string' ? [node] : node;
      const look = async (each: string): Promise<{ each: string; text: string }> => {
        const options = { timeoutMs: lookTimeoutMs, signal, allowFailure: true };
        return { each, text: (await lab.machine(each).exec(command, options)).stdout.trim() };
      };
      const { each, text } = await step(`look on ${nodes.join(' and ')} for ${what}`, () =>
        recovery(
          waitFor(
            `${what} on ${nodes.join(' or ')}`,
            async () => {
              const seen = await Promise.all(nodes.map(look));
              const found = seen.find((one) => prints.test(one.text));
              return found === undefined
                ? { done: false, state: seen.map((one) => `${one.each}: ${one.text.slice(-400)}`).join('; ') }
                : { done: true, value: found };
            },
            { timeoutMs, everyMs: 1000, signal },
          ),
        ),
      );
      told(`${what}: ${text.slice(0, 1000)}`, 'seen', each);
      return text;
    },
  };
}

function describe(holders: readonly string[]): string {
  return holders.length === 0 ? 'no node holds it' : `on ${holders.join(' and ')}`;
}

/** Settles with the work, or throws as soon as the signal fires; for work that only looks. */
async function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let interrupt: () => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = () => {
      reject(new InterruptedError());
    };
    signal.addEventListener('abort', interrupt, { once: true });
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** A wait for the cluster that ran out says something about the cluster. */
export async function recovery<T>(wait: Promise<T>): Promise<T> {
  try {
    return await wait;
  } catch (error) {
    throw error instanceof TimeoutError ? new NotRecoveredError(error.message) : error;
  }
}
