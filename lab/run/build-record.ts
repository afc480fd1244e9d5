import { randomBytes } from 'node:crypto';
import { cutIntoPhases } from '../attribution.ts';
import { readBack } from '../ledger.ts';
import type { ProbeData } from '../probe.ts';
import type { Lab } from '../provider.ts';
import { recordSchema, type ClientResult, type ReadBack, type RunRecord, type Window } from '../record.ts';
import type { Scenario } from '../scenario.ts';
import type { PhaseMarker, ReadBackResult } from '../stack.ts';
import { failingStretches, longestStall } from '../stall.ts';
import { tenuresOf } from '../tenure.ts';
import type { TimelineEvent } from '../timeline.ts';
import { round, type Journal } from './journal.ts';
import { predictWindow } from './predict-window.ts';
import type { LabSpec } from './spec.ts';
import type { OpenedWindow, StageResult } from './stage.ts';
import { explainedByTries } from './tries.ts';

export interface RunMaterial {
  spec: LabSpec;
  scenario: Scenario;
  lab: Lab;
  journal: Journal;
  data: readonly ProbeData[];
  readBacks: ReadBackResult | null;
  final: RunRecord['final'];
  versions: RunRecord['versions'];
  broken: string | null;
  blow: RunRecord['blow'];
  load: RunRecord['load'];
  locks: RunRecord['locks'];
  earlier: readonly RunRecord[];
  hostFacts: Record<string, string>;
  stage: StageResult;
  files: string[];
}

/** What clients may notice when a node merely comes back: nothing moves, but DRBD suspends I/O while it reconnects. */
const undisturbedAllowanceSeconds = 5;

/** The record of a run, not judged yet. Computed from what was gathered; asks no machine. */
export function buildRecord(material: RunMaterial): RunRecord {
  const { spec, scenario, lab, journal, data, stage } = material;
  const durationMs = round(journal.nowMs());
  const seen = [...journal.events, ...probeEvents(data), ...lockEvents(material.locks)].sort(
    (a, b) => a.atMs - b.atMs,
  );
  const empty = { ...emptyRecord(spec, scenario, material.broken), accelerator: lab.accelerator };
  const kind = { stack: spec.stack, settings: spec.settings, record: { ...empty, host: material.hostFacts } };
  const measured = stage.windows.map((window) =>
    explainedByTries(
      {
        ...measureWindow(window, data, seen, spec),
        prediction: predictWindow(window, kind, material.earlier),
      },
      seen,
    ),
  );
  const windows = measured.map(({ window }) => window);
  const events = [...seen, ...measured.flatMap(({ tries }) => tries)].sort((a, b) => a.atMs - b.atMs);
  const first = windows[0];
  for (const fault of stage.faults) fault.proof.push(...noticed(fault, events));
  return {
    ...empty,
    id: runId(journal.startedAt, spec, scenario),
    blow: material.blow,
    startedAt: journal.startedAt.toISOString(),
    durationMs,
    stallSeconds: first?.stallSeconds ?? null,
    clients: data.map((probe) => clientResult(probe, material.readBacks, windows)),
    faults: stage.faults,
    phases: first?.phases ?? [],
    windows,
    tenures: tenuresOf(events, durationMs),
    final: material.final,
    events,
    clocks: lab.machines.map((machine) => ({
      node: machine.name,
      readings: machine.wallClock.count,
      uncertaintyMs: round(machine.wallClock.uncertaintyMs ?? 1e6),
    })),
    versions: material.versions,
    host: material.hostFacts,
    load: material.load,
    locks: material.locks,
    files: material.files,
  };
}

/** A record of a run that never began, or that is to be filled. */
export function emptyRecord(spec: LabSpec, scenario: Scenario, broken: string | null): RunRecord {
  const startedAt = new Date();
  return {
    schema: recordSchema,
    id: runId(startedAt, spec, scenario),
    stack: spec.stack.name,
    edition: spec.edition,
    provider: spec.provider.name,
    accelerator: 'none',
    scenario: scenario.name,
    title: scenario.title,
    verdict: 'unknown',
    broken,
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    settings: { ...spec.settings },
    blow: null,
    stallSeconds: null,
    clients: [],
    faults: [],
    phases: [],
    windows: [],
    tenures: [],
    final: null,
    checks: [],
    events: [],
    clocks: [],
    versions: {},
    host: {},
    load: null,
    locks: null,
    files: [],
  };
}

/** Sorts by time, tells what ran, and does not collide. */
function runId(startedAt: Date, spec: LabSpec, scenario: Scenario): string {
  const time = startedAt.toISOString().replaceAll(/[-:]/g, '').replace(/\.\d+/, '');
  return `${time}-${spec.stack.name}-${scenario.name}-${randomBytes(2).toString('hex')}`;
}

function measureWindow(
  window: OpenedWindow,
  data: readonly ProbeData[],
  events: readonly TimelineEvent[],
  spec: LabSpec,
): Omit<Window, 'prediction'> {
  const { name, title, startMs, endMs, takeover, cause, without } = window;
  const stalls = data.flatMap((probe) => {
    if (probe.client === without) return [];
    const stall = longestStall(probe.samples, probe.intervalMs, { fromMs: startMs, toMs: endMs });
    return stall === undefined
      ? []
      : [{ client: probe.client, ...stall, seconds: round(stall.seconds * 1000) / 1000 }];
  });
  const worst = stalls.reduce<(typeof stalls)[number] | undefined>(
    (held, stall) => (held === undefined || stall.seconds > held.seconds ? stall : held),
    undefined,
  );
  const markers = cause === 'none' ? outagePhases(window) : spec.stack.phases(takeover, spec.settings);
  const inWindow = events.filter((event) => event.atMs >= startMs - 1000 && event.atMs <= endMs);
  return {
    name,
    title,
    startMs,
    endMs,
    stalls: stalls.map((stall) => ({ ...stall, startMs: round(stall.startMs), endMs: round(stall.endMs) })),
    ...(without === undefined ? {} : { without }),
    worst: worst?.client ?? null,
    stallSeconds: worst?.seconds ?? null,
    phases: worst === undefined ? [] : cutIntoPhases(worst, markers, inWindow),
    budget: cause === 'none' ? undisturbedBudget(window) : spec.stack.budget(takeover, spec.settings),
  };
}

/** Of a service that does not move, while a fault keeps its clients from it. */
function outagePhases({ outageMs, outageEnds = 'fault-lifted', waitsFor }: OpenedWindow): PhaseMarker[] {
  if (outageMs === undefined) return [];
  const on =
    (...kinds: string[]): PhaseMarker['matches'] =>
    ({ kind }) =>
      kinds.includes(kind);
  return [
    ...(outageEnds === 'service-started'
      ? [
          { name: 'server-boot', matches: on('fault-healed') },
          {
            name: 'form',
            matches: on('takeover-begun', 'resource-starting'),
            ...(waitsFor === undefined ? {} : { governedBy: waitsFor }),
          },
          { name: 'start', matches: on('serving', 'vm-serving', 'connection-accepted') },
        ]
      : [{ name: 'outage', matches: on(outageEnds), governedBy: outageTerms[outageEnds] }]),
    { name: 'reconnect', matches: () => false, governedBy: 'the back-off of TCP' },
  ];
}

/** What says how long the outage lasts. */
const outageTerms = {
  'fault-lifted': 'the fault itself',
  'replication-lost': 'timeouts of the replication, until it goes on without its peer',
  'service-started':
    'allowance for a boot, what the cluster waits for its other server, and the start of the service',
} as const;

function undisturbedBudget({ outageMs, outageEnds = 'fault-lifted' }: OpenedWindow): Window['budget'] {
  const outageSeconds = (outageMs ?? 0) / 1000;
  const outage =
    outageMs === undefined
      ? []
      : [
          {
            name: 'outage',
            seconds: outageSeconds,
            from: outageTerms[outageEnds],
            phases: outageEnds === 'service-started' ? ['server-boot', 'form', 'start'] : ['outage'],
          },
          // A server that only waits for its peer answers at once when it does so no more.
          ...(outageEnds === 'replication-lost' ? [] : [retransmission(outageSeconds)]),
        ];
  const terms = [
    ...outage,
    {
      name: 'no takeover',
      seconds: undisturbedAllowanceSeconds,
      from: 'allowance: clients should hardly notice what does not move the service',
      phases: ['reconnect'],
    },
  ];
  return { seconds: terms.reduce((sum, term) => sum + term.seconds, 0), terms };
}

function retransmission(outageSeconds: number): Window['budget']['terms'][number] {
  return {
    name: 'retransmission',
    seconds: outageSeconds,
    from: 'TCP doubles the time between its attempts (RFC 6298, 5.5): the next one can be as far away as the outage was long',
    phases: ['reconnect'],
  };
}

function clientResult(
  probe: ProbeData,
  readBacks: ReadBackResult | null,
  windows: readonly Window[],
): ClientResult {
  const samples = [...probe.samples].sort((a, b) => a.dueMs - b.dueMs);
  const errors: Record<string, number> = {};
  for (const { error } of samples) if (error !== null) errors[error] = (errors[error] ?? 0) + 1;
  const found: ReadBack[] = (readBacks?.texts ?? [])
    .filter((text) => text.client === probe.client)
    .map(({ reader, text, cutOff = false }) => ({
      ...readBack(probe, text, reader),
      ...(cutOff ? { cutOff } : {}),
    }));
  const counting = found.filter(({ cutOff }) => cutOff !== true);
  const worstOf = (count: (one: ReadBack) => number): number | null =>
    counting.length === 0 ? null : Math.max(...counting.map(count));
  return {
    name: probe.client,
    stallSeconds: windows[0]?.stalls.find((stall) => stall.client === probe.client)?.seconds ?? null,
    operations: samples.length,
    acknowledged: probe.ledger.length,
    errors,
    lost: worstOf((one) => one.lost),
    damaged: worstOf((one) => one.damaged),
    failing: failingStretches(samples),
    readBacks: found,
    samples: {
      intervalMs: probe.intervalMs,
      dueMs: samples.map((sample) => round(sample.dueMs)),
      startMs: samples.map((sample) => round(sample.startMs)),
      endMs: samples.map((sample) => round(sample.endMs)),
      error: samples.map((sample) => sample.error),
    },
    ...(probe.restarts === undefined ? {} : { restarts: restartsOf(probe.restarts, samples) }),
  };
}

/** Operations that were due after each start count from there. */
function restartsOf(
  restarts: NonNullable<ProbeData['restarts']>,
  samples: ProbeData['samples'],
): NonNullable<ClientResult['restarts']> {
  return restarts.map(({ atMs }) => ({
    atMs: round(atMs),
    operation: samples.filter(({ dueMs }) => dueMs < atMs).length,
  }));
}

/** Stretches of failing operations, as the clients saw them. */
function probeEvents(data: readonly ProbeData[]): TimelineEvent[] {
  return data.flatMap((probe) =>
    failingStretches(probe.samples).map((stretch) => ({
      atMs: round(stretch.startMs),
      uncertaintyMs: 0,
      source: 'probe' as const,
      node: probe.client,
      kind: 'writes-fail',
      text: `${String(stretch.operations)} writes fail with ${stretch.error}`,
    })),
  );
}

/** What became of the lock, as its clients saw it. */
function lockEvents(lock: RunRecord['locks']): TimelineEvent[] {
  if (lock === null) return [];
  const event = (atMs: number | null, node: string | null, kind: string, text: string): TimelineEvent[] =>
    atMs === null || node === null
      ? []
      : [{ atMs: round(atMs), uncertaintyMs: 0, source: 'probe', node, kind, text }];
  return [
    ...event(lock.takenMs, lock.holder, 'lock-taken', `${lock.holder ?? ''} holds a lock from here on`),
    ...event(lock.lostMs, lock.contender, 'lock-lost', lock.reason),
    ...event(lock.releasedMs, lock.holder, 'lock-released', `${lock.holder ?? ''} has given its lock back`),
  ];
}

/** What the others noticed of a fault: the first word of replication and of the cluster manager after it. */
function noticed(fault: RunRecord['faults'][number], events: readonly TimelineEvent[]): string[] {
  const { injectedMs } = fault;
  if (injectedMs === null) return [];
  return ['replication-lost', 'peer-dead'].flatMap((kind) => {
    const event = events.find(
      (each) => each.kind === kind && each.atMs >= injectedMs && each.node !== fault.node,
    );
    return event === undefined
      ? []
      : [
          `${event.node ?? 'the lab'} noticed after ${((event.atMs - injectedMs) / 1000).toFixed(1)} s: ${event.text} (${event.source})`,
        ];
  });
}
