import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { judge, overall } from '../check.ts';
import { InterruptedError, LabError, NotRecoveredError, RigError, messageOf } from '../errors.ts';
import { labDirectory, markDirty } from '../labs.ts';
import type { LockWatch, StartLockWatch } from '../nfs-lock.ts';
import type { ProbeData, RunningProbe, StartProbe } from '../probe.ts';
import type { Progress } from '../progress.ts';
import type { Lab } from '../provider.ts';
import type { RunRecord } from '../record.ts';
import type { Scenario, Stage } from '../scenario.ts';
import type { ReadBackResult } from '../stack.ts';
import { openStore } from '../store/open-store.ts';
import { together, unlessBroken } from '../together.ts';
import { clientsOf } from '../topology.ts';
import { gatherFinalState, keepLogs, readVersions } from './aftermath.ts';
import { drawBlow, strikingLater, type Repeat } from './blow.ts';
import { startCaptures, type Captures } from './captures.ts';
import { hostFacts } from './host-facts.ts';
import { startJournal, type Journal } from './journal.ts';
import { buildRecord, emptyRecord } from './build-record.ts';
import type { LabSpec } from './spec.ts';
import { openStage, type OpenStage } from './stage.ts';
import { bringUp } from './up.ts';
import { startWatchdogs, type Watchdogs } from './watchdogs.ts';
import { startWitnesses, type Witnesses } from './witnesses.ts';

export interface ScenarioOptions {
  /** Folder under which the run gets a folder of its own, named by its id. */
  outDirectory: string;
  /** Id of the night that it is run for. */
  night?: string;
  startProbe: StartProbe;
  /** Absent: nobody looks whether locks survive. */
  startLockWatch?: StartLockWatch;
  /** Keep every frame of every network as a pcap file beside the record. */
  capture?: boolean;
  /** Earlier runs, from which the stalls of this one are predicted as far as they are of the same kind. */
  earlier?: readonly RunRecord[];
  /** Draws where in the heartbeat interval the first fault comes. */
  repeat?: Repeat;
  progress: Progress;
  signal: AbortSignal;
}

/** A server that was started a moment ago lets nobody lock anything new for up to 90 s. */
const lockPatienceMs = 120_000;
/** Where the cluster did not recover there is no server to wait for. */
const lockHurryMs = 10_000;

/**
 * Runs one scenario on the pristine lab: restore, watch, break, heal, read back, judge, keep. The caller holds the lab's
 * lock. A rig that breaks gives a record with the verdict `unknown`; only an interruption, a lab that does not come up for a
 * reason of the host, and a results folder that cannot be written throw.
 */
export async function runOnLab(
  spec: LabSpec,
  scenario: Scenario,
  options: ScenarioOptions,
): Promise<{ record: RunRecord; directory: string }> {
  const { outDirectory, progress, signal } = options;
  await openStore(outDirectory).makeReady();
  const missing = scenario.needs.filter((need) => !spec.provider.capabilities.has(need));
  if (missing.length > 0) {
    const record = emptyRecord(spec, scenario, `${spec.provider.name} cannot ${missing.join(', ')}`);
    return await keepRecord(record, options);
  }
  let lab: Lab;
  let failedLogs: ReadonlyMap<string, string> = new Map();
  const onFailedLogs = (files: ReadonlyMap<string, string>): Promise<void> => {
    failedLogs = files;
    return Promise.resolve();
  };
  try {
    ({ lab } = await bringUp(spec, progress, signal, { pristine: true, onFailedLogs }));
  } catch (error) {
    if (!(error instanceof RigError) || signal.aborted) throw error;
    progress.note(`the lab did not come up: ${error.message}`);
    const record = emptyRecord(spec, scenario, `the lab did not come up: ${error.message}`);
    return await keepRecord({ ...record, files: [...failedLogs.keys()] }, options, failedLogs);
  }
  const captures = options.capture === true ? await mkdtemp(join(outDirectory, '.capturing-')) : undefined;
  try {
    await markDirty(labDirectory(spec.home, spec.name), scenario.name);
    const { record, files, pcaps } = await perform(spec, scenario, lab, options, captures);
    const kept = await keepRecord(record, options, files);
    for (const pcap of pcaps) await rename(join(captures ?? '', pcap), join(kept.directory, pcap));
    return kept;
  } finally {
    if (captures !== undefined) await rm(captures, { recursive: true, force: true });
    lab.close();
  }
}

async function perform(
  spec: LabSpec,
  scenario: Scenario,
  lab: Lab,
  { startProbe, startLockWatch, repeat, earlier = [], progress, signal }: ScenarioOptions,
  captureFolder: string | undefined,
): Promise<{ record: RunRecord; files: Map<string, string>; pcaps: string[] }> {
  const journal = startJournal();
  const blow = repeat === undefined ? null : drawBlow(spec, scenario.name, repeat);
  const { stack, settings, edition } = spec;
  const service = stack.service(edition);
  const open: {
    witnesses?: Witnesses;
    watchdogs?: Watchdogs;
    captures?: Captures;
    lock?: LockWatch;
    stage?: OpenStage;
    probes: RunningProbe[];
  } = {
    probes: [],
  };
  const found: {
    data: ProbeData[];
    readBacks: ReadBackResult | null;
    final: RunRecord['final'];
    versions: RunRecord['versions'];
  } = { data: [], readBacks: null, final: null, versions: {} };
  const facts = hostFacts(lab);

  const watchAndBreak = async (inner: AbortSignal): Promise<void> => {
    open.witnesses = await startWitnesses(lab, spec, service, journal);
    open.watchdogs = await startWatchdogs(lab, journal);
    const witnesses = bothOf(open.witnesses, open.watchdogs);
    if (startLockWatch !== undefined)
      open.lock = await startLockWatch(lab, stack.workload(settings), {
        zeroMs: journal.zeroMs,
        signal: inner,
      });
    if (captureFolder !== undefined) open.captures = await startCaptures(lab, captureFolder);
    for (const client of clientsOf(lab.topology))
      open.probes.push(await startProbe(lab, client.name, stack.workload(settings), journal.zeroMs));
    const opened = openStage(spec, lab, journal, witnesses, open.probes, progress, inner);
    const stage =
      blow === null ? opened : { ...opened, stage: strikingLater(opened.stage, blow, journal, inner) };
    open.stage = stage;
    const recovered = await ranThrough(scenario, stage, journal, progress);
    const lockAnswersMs = recovered ? lockPatienceMs : lockHurryMs;
    await progress.step('see what became of the lock', async () => {
      await open.lock?.conclude({ timeoutMs: lockAnswersMs, signal: inner });
    });
    await progress.step('read every acknowledged write back', async () => {
      found.data = await together(open.probes.map((probe) => () => probe.stop()));
      try {
        found.readBacks = await stack.readBack(lab, found.data, settings, inner);
      } catch (error) {
        if (recovered || !(error instanceof LabError) || inner.aborted) throw error;
        progress.note(`not read back: ${error.message}`);
      }
    });
    await progress.step('look at the final state', async () => {
      const { expectedActive } = stage.result;
      const replicas = found.readBacks?.replicas ?? null;
      [found.final, found.versions] = await Promise.all([
        gatherFinalState(spec, lab, expectedActive, replicas, inner),
        readVersions(lab, stack.versionsCommand),
      ]);
    });
  };

  let failure: { error: unknown } | undefined;
  try {
    await unlessBroken(lab.broken, signal, watchAndBreak);
  } catch (error) {
    failure = { error };
    await open.stage?.healAll();
  }
  if (found.data.length === 0) found.data = await salvage(open.probes);
  const locks = (await open.lock?.stop()) ?? null;
  const load = (await open.watchdogs?.stop()) ?? null;
  await open.witnesses?.stop({ hurry: signal.aborted });
  const pcaps = (await open.captures?.stop().catch(() => [])) ?? [];
  if (failure !== undefined) {
    if (signal.aborted || failure.error instanceof InterruptedError) throw new InterruptedError();
    if (!(failure.error instanceof LabError)) throw failure.error;
    journal.note({ source: 'lab', kind: 'broken', text: failure.error.message });
    progress.note(`the run broke: ${failure.error.message}`);
  }
  const broken = failure === undefined ? null : messageOf(failure.error);
  const files = await keepLogs(lab, stack.logFiles);
  const record = buildRecord({
    spec,
    scenario,
    lab,
    journal,
    ...found,
    broken,
    blow,
    load,
    locks,
    earlier,
    hostFacts: facts(),
    stage: open.stage?.result ?? { windows: [], faults: [], expectedActive: '' },
    files: [...files.keys(), ...pcaps],
  });
  return { record: judged(record, scenario, journal), files, pcaps };
}

/** What leaves and rejoins does so for both; each is stopped by itself. */
function bothOf(witnesses: Witnesses, watchdogs: Watchdogs): Witnesses {
  return {
    leave: (node) => {
      witnesses.leave(node);
      watchdogs.leave(node);
    },
    rejoin: async (node) => {
      await witnesses.rejoin(node);
      await watchdogs.rejoin(node);
    },
    stop: (options) => witnesses.stop(options),
  };
}

/**
 * Runs the scenario to its end. A cluster that does not recover ends it early, healed; what that is worth is for the checks to
 * say, from the state that is found then.
 * @returns false when the cluster did not recover
 */
async function ranThrough(
  scenario: Scenario,
  { stage, healAll }: OpenStage,
  journal: Journal,
  progress: Progress,
): Promise<boolean> {
  try {
    await scenario.run(stage);
    return true;
  } catch (error) {
    if (!(error instanceof NotRecoveredError)) throw error;
    journal.note({ source: 'lab', kind: 'not-recovered', text: error.message });
    progress.note(`the cluster did not recover: ${error.message}`);
    await healAll({ awaited: true });
    await mayWriteAgain(stage, progress);
    return false;
  }
}

/** What the faults held up may come back now that they are gone, and with it what was acknowledged. */
async function mayWriteAgain(stage: Stage, progress: Progress): Promise<void> {
  try {
    await stage.clientsWrite({ timeoutMs: stage.patience.takeoverMs });
  } catch (error) {
    if (!(error instanceof NotRecoveredError)) throw error;
    progress.note(`the clients do not write again although every fault is healed: ${error.message}`);
  }
}

function judged(record: RunRecord, scenario: Scenario, journal: Journal): RunRecord {
  const checks = judge(record, scenario.checks);
  if (journal.dropped > 0)
    checks.push({
      name: 'events-kept',
      verdict: 'unknown',
      message: `${String(journal.dropped)} events were too many to keep`,
    });
  return { ...record, checks, verdict: overall(checks, record.broken) };
}

/** Ends the writers of a run that broke; what one of them knows is kept even if another one cannot tell. */
async function salvage(probes: readonly RunningProbe[]): Promise<ProbeData[]> {
  const ended = await Promise.allSettled(probes.map((probe) => probe.stop()));
  return ended.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Keeps the run in the results folder; it appears as a whole. @throws HostError when it cannot be written */
export async function keepRecord(
  record: RunRecord,
  { outDirectory, night, progress }: Pick<ScenarioOptions, 'outDirectory' | 'night' | 'progress'>,
  files: ReadonlyMap<string, string> = new Map(),
): Promise<{ record: RunRecord; directory: string }> {
  const { directory, note } = await openStore(outDirectory).keep(record, { night: night ?? null, files });
  if (note !== undefined) progress.note(note);
  return { record, directory };
}
