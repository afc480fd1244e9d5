import { hostNowMs } from '../clock.ts';
import { InterruptedError, UsageError, messageOf } from '../errors.ts';
import type { FaultContext } from '../fault.ts';
import type { RunningProbe } from '../probe.ts';
import type { Progress } from '../progress.ts';
import type { Lab } from '../provider.ts';
import type { FaultResult } from '../record.ts';
import type { Stage, WindowRequest } from '../scenario.ts';
import type { Takeover } from '../stack.ts';
import { serversOf } from '../topology.ts';
import { pause } from '../wait.ts';
import { clusterWords, recovery } from './cluster-words.ts';
import { round, type Journal } from './journal.ts';
import { lifted, type StandingFault } from './lift.ts';
import type { LabSpec } from './spec.ts';
import type { Witnesses } from './witnesses.ts';
import { caughtUp, keepSchedule, writing } from './writers.ts';

/** A stretch of the run whose stalls are measured. */
export interface OpenedWindow extends WindowRequest {
  startMs: number;
  endMs: number;
  takeover: Takeover;
}

/** What a scenario leaves behind, beside the events. */
export interface StageResult {
  windows: OpenedWindow[];
  faults: FaultResult[];
  /** Where the service should be at the end. */
  expectedActive: string;
}

export interface OpenStage {
  stage: Stage;
  result: StageResult;
  /**
   * Heals, in reverse order, what the scenario left broken; safe twice. Errors are notes: every fault gets its turn.
   * @param options.awaited waits until each is seen to be gone, as until a server has booted; one that is not may be healed again
   */
  readonly healAll: (options?: { awaited?: boolean }) => Promise<void>;
}

export function openStage(
  spec: LabSpec,
  lab: Lab,
  journal: Journal,
  witnesses: Witnesses,
  probes: readonly RunningProbe[],
  progress: Progress,
  signal: AbortSignal,
): OpenStage {
  const { stack, settings } = spec;
  const patience = stack.patience(settings);
  const result: StageResult = {
    windows: [],
    faults: [],
    expectedActive: stack.preferredActive(spec.edition),
  };
  const standing: (StandingFault & { record: FaultResult })[] = [];
  const told = (text: string, kind = 'step', node?: string): void => {
    journal.note({ source: 'lab', kind, text, ...(node === undefined ? {} : { node }) });
  };
  const step = async <T>(text: string, work: () => Promise<T>): Promise<T> => {
    if (signal.aborted) throw new InterruptedError();
    told(text);
    return await progress.step(text, work);
  };
  const peerOf = (node: string): string => {
    const other = serversOf(lab.topology).find((each) => each.name !== node)?.name;
    if (other === undefined) throw new UsageError(`${node} has no peer`);
    return other;
  };
  // Between the order and its answer: a guest answers later than it did what it was told.
  const doneSince = (askedMs: number, kind: string, text: string, node: string): void => {
    const halfMs = (hostNowMs() - askedMs) / 2;
    journal.note({ source: 'lab', kind, text, node }, askedMs + halfMs, halfMs);
  };
  const heal = async (entry: (typeof standing)[number]): Promise<void> => {
    const { fault, context, record } = entry;
    const { node } = context;
    const askedMs = hostNowMs();
    doneSince(askedMs, 'fault-lifted', await lifted(entry, context.signal), node);
    await fault.healed(context);
    record.healedMs = round(journal.nowMs());
    record.healedAt = journal.iso(record.healedMs);
    told(`${fault.title} on ${node} is healed`, 'fault-healed', node);
    standing.splice(standing.indexOf(entry), 1);
    await witnesses.rejoin(node);
  };

  const words = clusterWords({
    spec,
    lab,
    signal,
    step,
    told,
    expect: (node) => {
      result.expectedActive = node;
    },
  });

  const stage: Stage = {
    ...words,
    settings,
    patience,
    failsBack: stack.failsBack(settings),
    detectionMs: stack.detectionMs(settings),
    clients: probes.map(({ client }) => client),
    peerOf,
    baseline: async (ms) => {
      const { intervalMs } = stack.workload(settings);
      const late = await step('wait until every client keeps its schedule', () =>
        keepSchedule(probes, intervalMs, signal),
      );
      if (late === undefined)
        told(`every client keeps its schedule, a write every ${String(intervalMs)} ms`, 'schedule-kept');
      else told(`the schedule is not kept: ${late}; a larger probe.intervalMs would be`, 'schedule-missed');
      await step(`watch the undisturbed cluster for ${(ms / 1000).toFixed(1)} s`, async () => {
        await Promise.all([writing(probes, { timeoutMs: patience.takeoverMs, signal }), pause(ms, signal)]);
      });
    },
    inject: async (fault, node) =>
      await step(`${fault.title} on ${node}`, async () => {
        const record: FaultResult = {
          name: fault.name,
          node,
          injectedAt: null,
          provenAt: null,
          healedAt: null,
          injectedMs: null,
          provenMs: null,
          healedMs: null,
          proof: [],
        };
        result.faults.push(record);
        const consoleFromByte = await lab.consoleBytes(node);
        const struckMs = hostNowMs();
        const context: FaultContext = {
          lab,
          node,
          consoleFromByte,
          signal,
          tell: (kind, text, askedMs) => {
            doneSince(askedMs, kind, text, node);
          },
        };
        standing.push({ fault, context, record, struckMs });
        witnesses.leave(node);
        probes.find(({ client }) => client === node)?.leave();
        record.injectedMs = round(struckMs - journal.zeroMs);
        record.injectedAt = journal.iso(record.injectedMs);
        told(`${fault.title} on ${node}`, 'fault-injected', node);
        await fault.inject(context);
        // A guest strikes somewhat before it says so: an outage counted from here is not shorter than it was meant to be.
        const bittenMs = hostNowMs();
        const { proof, lostMs } = await fault.proven(context);
        record.provenMs = round(journal.nowMs());
        record.provenAt = journal.iso(record.provenMs);
        record.proof.push(...proof);
        if (lostMs !== undefined)
          journal.note(
            {
              source: lab.network.witness === 'fabric' ? 'fabric' : 'capture',
              node,
              kind: 'node-lost',
              subject: node,
              text: `the last frame of ${node}`,
            },
            lostMs,
          );
        told(`${fault.title} on ${node} is proven: ${proof.join('; ')}`, 'fault-proven', node);
        return { elapsedMs: hostNowMs() - bittenMs };
      }),
    heal: async (fault, node) => {
      const entry = standing.find((each) => each.fault === fault && each.context.node === node);
      if (entry === undefined) throw new UsageError(`${fault.name} was not injected on ${node}`);
      await step(`heal ${fault.title} on ${node}`, () => heal(entry));
    },
    window: async (request, during) => {
      const { from } = request;
      const opened: OpenedWindow = {
        ...request,
        startMs: round(journal.nowMs()),
        endMs: 0,
        takeover: {
          cause: request.cause === 'none' ? 'planned' : request.cause,
          from,
          to: peerOf(from),
          emulated: lab.accelerator === 'tcg',
        },
      };
      result.windows.push(opened);
      told(request.title, 'window-opened');
      try {
        await during();
      } finally {
        opened.endMs = round(journal.nowMs());
        told(`end of: ${request.title}`, 'window-closed');
      }
    },
    clientsWrite: async ({ timeoutMs }) => {
      await step('wait until every client writes again', () =>
        recovery(writing(probes, { timeoutMs, signal })),
      );
    },
    caughtUp: async ({ timeoutMs }) => {
      const slow = await step('wait until every client has caught up with its schedule', () =>
        recovery(caughtUp(probes, { timeoutMs, signal })),
      );
      if (slow !== undefined)
        told(
          `the clients write, but too slowly to make up for what they missed: ${slow}`,
          'schedule-not-made-up',
        );
    },
    writerReturns: async (client) => {
      const probe = probes.find((each) => each.client === client);
      if (probe === undefined) throw new UsageError(`no writer runs on ${client}`);
      await step(`start the writer of ${client} again`, () => probe.restart());
      told(`the writer of ${client} runs again`, 'writer-returned', client);
    },
    observe: async (ms) => {
      await step(`watch for ${(ms / 1000).toFixed(1)} s`, () => pause(ms, signal));
    },
  };

  return {
    stage,
    result,
    healAll: async ({ awaited = false } = {}) => {
      for (const entry of [...standing].reverse()) {
        try {
          if (awaited) {
            await step(`heal ${entry.fault.title} on ${entry.context.node}`, () => heal(entry));
            continue;
          }
          await lifted(entry, new AbortController().signal);
          entry.record.healedMs = round(journal.nowMs());
          entry.record.healedAt = journal.iso(entry.record.healedMs);
        } catch (error) {
          progress.note(
            `${entry.fault.title} on ${entry.context.node} could not be healed: ${messageOf(error)}`,
          );
        }
      }
      if (!awaited) standing.length = 0;
    },
  };
}
