import { z } from 'zod';
import { RigError } from './errors.ts';
import { withNewerFields } from './record-versions.ts';
import { TimelineEvent } from './timeline.ts';

/** Version of the record's schema. A reader refuses newer ones and reads older ones. */
export const recordSchema = 5;

export const Verdict = z.enum(['pass', 'fail', 'unknown']);
export type Verdict = z.infer<typeof Verdict>;

/** What the documentation of a setting says about changing it. */
export const Advice = z.strictObject({
  /** What to change, and what it gives. */
  change: z.string(),
  /** What that puts at risk. */
  risk: z.string(),
  /** Where both are said. */
  source: z.string(),
});
export type Advice = z.infer<typeof Advice>;

/** A part of a stall. The seconds of all observed phases add up to the stall, to the millisecond. */
export const Phase = z.strictObject({
  name: z.string(),
  /** null when its end was not observed; its time is then inside the next observed phase, which names it in `includes`. */
  seconds: z.number().nonnegative().nullable(),
  observed: z.boolean(),
  startMs: z.number().nullable(),
  endMs: z.number().nullable(),
  includes: z.array(z.string()),
  /** What was seen, and by whom, that ended the phase. */
  evidence: z.string(),
  uncertaintyMs: z.number().nonnegative(),
  /** The setting that governs its length, as "deadtime=10". */
  governedBy: z.string().optional(),
  /** How it could be shortened; absent where nothing is known to. */
  shorten: z.array(Advice).optional(),
});
export type Phase = z.infer<typeof Phase>;

/** What was expected of a stall, from settings and earlier records; nothing that the run measured is in it. */
export const Prediction = z.strictObject({
  /** The least that timers allow, whatever the host does. */
  floorSeconds: z.number().nonnegative(),
  /** null without an earlier record. */
  expectedSeconds: z.number().nonnegative().nullable(),
  band: z
    .strictObject({ fromSeconds: z.number().nonnegative(), toSeconds: z.number().nonnegative() })
    .nullable(),
  /** How the expected seconds come about; without an earlier record those of the floor. */
  terms: z.array(z.strictObject({ name: z.string(), seconds: z.number(), from: z.string() })),
  /** How many earlier records it rests on. */
  records: z.int().nonnegative(),
  basis: z.string(),
});
export type Prediction = z.infer<typeof Prediction>;

const StallOfClient = z.strictObject({
  client: z.string(),
  seconds: z.number().nonnegative(),
  startMs: z.number(),
  endMs: z.number(),
  open: z.boolean(),
});

/** A stretch of the run in which clients may stall for one reason: the failover, the failback. */
export const Window = z.strictObject({
  name: z.string(),
  title: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  /** The longest stall of each client in the window. */
  stalls: z.array(StallOfClient),
  /** A client that is broken itself in it: how long it waited is not the cluster's doing, and not among the stalls. Absent: none. */
  without: z.string().optional(),
  /** Of the client that waited longest; null when none acknowledged anything. */
  worst: z.string().nullable(),
  stallSeconds: z.number().nonnegative().nullable(),
  phases: z.array(Phase),
  /** What the stack's settings allow, and how that figure comes about. */
  budget: z.strictObject({
    seconds: z.number().positive(),
    terms: z.array(
      z.strictObject({
        name: z.string(),
        seconds: z.number().nonnegative(),
        from: z.string(),
        /** The phases that it is meant for. */
        phases: z.array(z.string()).optional(),
      }),
    ),
  }),
  /** null in records that were made before there were predictions. */
  prediction: Prediction.nullable(),
});
export type Window = z.infer<typeof Window>;

/** Columns of a client's operations, all of one length, in order of their due time; milliseconds on the run's clock. */
export const Samples = z.strictObject({
  intervalMs: z.number().positive(),
  dueMs: z.array(z.number()),
  startMs: z.array(z.number()),
  endMs: z.array(z.number()),
  error: z.array(z.string().nullable()),
});
export type Samples = z.infer<typeof Samples>;

/** What reading the acknowledged records back found, from one place. */
export const ReadBack = z.strictObject({
  /** `client sv02` or `replica nfs01`. */
  reader: z.string(),
  records: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  damaged: z.int().nonnegative(),
  /** First few sequence numbers that are lost or damaged. */
  examples: z.array(z.int()),
  /**
   * A replica that the replication itself does not call up to date, as of a server that never came back: what it lacks may
   * still reach it, and is no loss of the service. Absent: false.
   */
  cutOff: z.boolean().optional(),
});
export type ReadBack = z.infer<typeof ReadBack>;

export const ClientResult = z.strictObject({
  name: z.string(),
  /** Longest stall after the first fault; null when the client never acknowledged anything. */
  stallSeconds: z.number().nonnegative().nullable(),
  operations: z.int().nonnegative(),
  acknowledged: z.int().nonnegative(),
  /** Failed operations by errno name. */
  errors: z.record(z.string(), z.int().positive()),
  /** Acknowledged records missing from at least one place that was read and is not cut off; null when there is none. */
  lost: z.int().nonnegative().nullable(),
  damaged: z.int().nonnegative().nullable(),
  /** Stretches in which operations failed instead of blocking. */
  failing: z.array(
    z.strictObject({
      startMs: z.number(),
      endMs: z.number(),
      error: z.string(),
      operations: z.int().positive(),
    }),
  ),
  readBacks: z.array(ReadBack),
  samples: Samples,
  /** Where its writer was started again, after a boot of the client: index of the first operation since, by its due time. Absent: never. */
  restarts: z.array(z.strictObject({ atMs: z.number(), operation: z.int().nonnegative() })).optional(),
});
export type ClientResult = z.infer<typeof ClientResult>;

export const FaultResult = z.strictObject({
  name: z.string(),
  node: z.string(),
  /** ISO 8601; null for what was never reached. */
  injectedAt: z.string().nullable(),
  provenAt: z.string().nullable(),
  healedAt: z.string().nullable(),
  /** The same on the run's clock, for drawing. */
  injectedMs: z.number().nullable(),
  provenMs: z.number().nullable(),
  healedMs: z.number().nullable(),
  /** How it was proven that the fault bit. */
  proof: z.array(z.string()),
});
export type FaultResult = z.infer<typeof FaultResult>;

/** A node that held the service in one sense, from one witness, for a time. */
export const Tenure = z.strictObject({
  /**
   * `address`: sends with the service address. `announcement`: ARP says that the service address is at its MAC address.
   * `service`: sends data from the service's port. All three from frames. `replica`: DRBD role Primary (the node's own events).
   */
  of: z.enum(['address', 'announcement', 'service', 'replica']),
  node: z.string(),
  /** Of an announcement: the MAC address that was announced; one node may have several. */
  mac: z.string().optional(),
  /** The address, or the DRBD resource; absent where the lab has only one. */
  subject: z.string().optional(),
  fromMs: z.number(),
  toMs: z.number(),
});
export type Tenure = z.infer<typeof Tenure>;

/** Whom a tenure belongs to: a node, or one MAC address of it. */
export function holderOf({ node, mac }: { node: string; mac?: string | undefined }): string {
  return mac === undefined ? node : `${node} (${mac})`;
}

/** The state in which the scenario left the lab. */
export const FinalState = z.strictObject({
  active: z.array(z.string()),
  /** The node that should hold the service then, by the stack's settings. */
  expectedActive: z.string(),
  /** Each of the stack's health conditions. */
  health: z.array(z.strictObject({ what: z.string(), ok: z.boolean(), found: z.string() })),
  /** Comparison of the replicas; null where it could not be done. */
  replicas: z.strictObject({ method: z.string(), identical: z.boolean(), found: z.string() }).nullable(),
});
export type FinalState = z.infer<typeof FinalState>;

/** Where in the cluster's heartbeat interval the first fault came: drawn, so that repeats do not measure one phase again and again. */
export const Blow = z.strictObject({
  seed: z.int().nonnegative(),
  /** Which run of how many it was, from 1. */
  run: z.int().positive(),
  of: z.int().positive(),
  heartbeatIntervalMs: z.number().nonnegative(),
  /** The drawn wait before the first fault, 0 to the interval. */
  waitMs: z.number().nonnegative(),
});
export type Blow = z.infer<typeof Blow>;

/** Signs that something was kept from its processor. */
export const Load = z.strictObject({
  /** Watchdogs: programs in the guests, and in the fabric, that want to wake up every `everyMs`. */
  watchdogs: z.array(
    z.strictObject({
      /** A node, or `fabric`. */
      of: z.string(),
      everyMs: z.number().positive(),
      wakes: z.int().nonnegative(),
      worstLateMs: z.number().nonnegative(),
    }),
  ),
  /** Wakes that were late by more than their watchdog lets pass. */
  late: z.array(z.strictObject({ of: z.string(), atMs: z.number(), lateMs: z.number().nonnegative() })),
  /** Share of the processor time of this host that its hypervisor kept from it, stretch by stretch; 0 to 1. */
  steal: z.array(z.strictObject({ fromMs: z.number(), toMs: z.number(), share: z.number().nonnegative() })),
  /**
   * Share of the processor time of this host that programs took which are not of the lab, and how much of it nobody took, stretch
   * by stretch; 0 to 1. null where nobody can tell which programs are the lab's.
   */
  others: z
    .array(
      z.strictObject({
        fromMs: z.number(),
        toMs: z.number(),
        share: z.number().nonnegative(),
        idle: z.number().nonnegative(),
      }),
    )
    .nullable(),
});
export type Load = z.infer<typeof Load>;

/** A lock that one client held on a file of the service through the run, while another one tried to get it. */
export const NfsLock = z.strictObject({
  /** null where the clients mount no NFS. */
  holder: z.string().nullable(),
  /** null where there is no other client. */
  contender: z.string().nullable(),
  /** `local`: the mount keeps locks on the client. `none`: the clients mount no NFS. */
  outcome: z.enum(['kept', 'lost', 'local', 'none', 'unknown']),
  /** What the outcome follows from, in one sentence. */
  reason: z.string(),
  takenMs: z.number().nullable(),
  /** When the contender first got it although the holder had it. */
  lostMs: z.number().nullable(),
  releasedMs: z.number().nullable(),
  /** What the contender got: `refused`, `granted`, `disputed` (F_GETLK and F_SETLK disagree), or an errno name. */
  tries: z.array(z.strictObject({ startMs: z.number(), endMs: z.number(), result: z.string() })),
});
export type NfsLock = z.infer<typeof NfsLock>;

export const CheckResult = z.strictObject({ name: z.string(), verdict: Verdict, message: z.string() });
export type CheckResult = z.infer<typeof CheckResult>;

/** The document of one scenario run. Reports and checks read nothing else. */
export const RunRecord = z.strictObject({
  schema: z.literal(recordSchema),
  id: z.string(),
  stack: z.string(),
  edition: z.enum(['period', 'current']),
  provider: z.string(),
  accelerator: z.string(),
  scenario: z.string(),
  title: z.string(),
  verdict: Verdict,
  /** Why the run could not be judged, where the rig broke. */
  broken: z.string().nullable(),
  /** ISO 8601 wall time of the run clock's zero. */
  startedAt: z.string(),
  durationMs: z.number().nonnegative(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** null when no phase was drawn. */
  blow: Blow.nullable(),
  /** Worst client, first fault; null when nothing was exercised. */
  stallSeconds: z.number().nonnegative().nullable(),
  clients: z.array(ClientResult),
  faults: z.array(FaultResult),
  /** Of the first window. */
  phases: z.array(Phase),
  windows: z.array(Window),
  tenures: z.array(Tenure),
  final: FinalState.nullable(),
  checks: z.array(CheckResult),
  events: z.array(TimelineEvent),
  /** Per node: how well its clock is known on the run's clock. */
  clocks: z.array(z.strictObject({ node: z.string(), readings: z.int(), uncertaintyMs: z.number() })),
  /** Per node: name of a program, module or package -> version. */
  versions: z.record(z.string(), z.record(z.string(), z.string())),
  /** Host, accelerator and load: name -> value, for people and for telling kinds of host apart. */
  host: z.record(z.string(), z.string()),
  /** null when nobody watched for starvation. */
  load: Load.nullable(),
  /** null when nobody looked. */
  locks: NfsLock.nullable(),
  /** Files beside the record: logs, consoles, captures. */
  files: z.array(z.string()),
});
export type RunRecord = z.infer<typeof RunRecord>;

/**
 * Reads a record from JSON text.
 * @throws RigError when it is not JSON, of another schema version, or does not fit; the message names the path.
 */
export function parseRecord(text: string, origin: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RigError(`${origin}: not a record: ${String(error)}`);
  }
  return recordOf(json, origin);
}

/** The same from a value. @throws RigError when it is of another schema version, or does not fit */
export function recordOf(json: unknown, origin: string): RunRecord {
  const version = z.looseObject({ schema: z.number() }).safeParse(json);
  if (version.success && version.data.schema > recordSchema)
    throw new RigError(
      `${origin}: schema ${String(version.data.schema)} is newer than this lab reads (${String(recordSchema)})`,
      'update lab',
    );
  const parsed = RunRecord.safeParse(withNewerFields(json));
  if (!parsed.success) throw new RigError(`${origin}: not a valid record:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
