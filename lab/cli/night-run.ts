import { join } from 'node:path';
import { hostNowMs } from '../clock.ts';
import { hostClassOf } from '../host-class.ts';
import { HostError, InterruptedError, LabError, UsageError, messageOf } from '../errors.ts';
import { labsHome } from '../labs.ts';
import type { Night } from '../night.ts';
import type { AttemptResult } from '../nightly/engine.ts';
import type { PlannedCell } from '../nightly/matrix.ts';
import type { Task } from '../nightly/order.ts';
import type { FoundRun } from '../nightly/outcome.ts';
import { outcomeOf } from '../nightly/outcome.ts';
import { sameSettings } from '../nightly/estimate.ts';
import { startLockWatch } from '../probes/lock-watch.ts';
import { startWriter } from '../probes/start-writer.ts';
import type { Progress } from '../progress.ts';
import type { Provider } from '../provider.ts';
import type { RunRecord } from '../record.ts';
import { down, keepFailure, runScenario } from '../run.ts';
import type { LabSpec } from '../run/spec.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Stack } from '../stack.ts';
import type { Store } from '../store.ts';
import type { CliContext } from './context.ts';
import type { Durations } from './durations.ts';
import { earlierRuns } from './earlier.ts';
import { listLabs } from './known-labs.ts';
import { durationKeys } from './night-plan.ts';
import { writePage } from './present.ts';
import { readyHost } from './ready-host.ts';

export interface NightRunner {
  /** Its stderr is not torn by what commands tell. */
  context: CliContext;
  /** Results folder. */
  out: string;
  night: Pick<Night, 'id' | 'seed'>;
  provider: Provider;
  planned: ReadonlyMap<string, PlannedCell>;
  durations: Durations;
  progressOf(task: Task): Progress;
}

/** What the engine of a night does with labs: runs an attempt on one, ends one. */
export function nightRunner(runner: NightRunner): {
  runOne(task: Task, attempt: number, signal: AbortSignal): Promise<AttemptResult>;
  endLab(lab: string): Promise<void>;
} {
  const { context, out, provider } = runner;
  const home = labsHome(context.cwd);
  return {
    runOne: async (task, _attempt, signal) => {
      const progress = runner.progressOf(task);
      const planned = plannedOf(runner, task);
      const spec = specOf(planned, task.lab, home, provider);
      const steps: string[] = [];
      const startedMs = hostNowMs();
      // Read anew each time: those of all cells together are too much to hold.
      const earlier = await earlierRuns(context, out, planned.stack.name, planned.scenario.name);
      const { record, directory } = await attempted(runner, task, {
        spec,
        planned,
        earlier,
        progress: listening(progress, steps),
        signal,
      });
      if (cameUp(record))
        rememberTimes(runner.durations, spec.stack, steps, hostNowMs() - startedMs - record.durationMs);
      await writePage(context, record, directory);
      return resultOf(record);
    },
    endLab: async (name) => {
      try {
        // Its frozen state stays: the next night does not provision it again.
        await down({ provider, home, name }, { purge: false });
      } catch (error) {
        context.stderr.write(`note: the lab ${name} could not be taken down: ${messageOf(error)}\n`);
      }
    },
  };
}

interface Attempting {
  spec: LabSpec;
  planned: PlannedCell;
  earlier: RunRecord[];
  progress: Progress;
  signal: AbortSignal;
}

/**
 * A run, or a record that says why there was none.
 * @throws InterruptedError; HostError when not even that record can be written; UsageError and bugs, which no retry mends
 */
async function attempted(
  { context, out, night }: NightRunner,
  { cell, repeat }: Task,
  { spec, planned, earlier, progress, signal }: Attempting,
): Promise<{ record: RunRecord; directory: string }> {
  try {
    await readyHost(context, spec, progress);
    return await runScenario(spec, planned.scenario, {
      outDirectory: out,
      night: night.id,
      startProbe: startWriter,
      startLockWatch,
      earlier,
      repeat: { seed: night.seed, run: repeat, of: Math.max(repeat, cell.repeats) },
      progress,
      signal,
    });
  } catch (error) {
    if (signal.aborted || error instanceof InterruptedError) throw new InterruptedError();
    if (!(error instanceof LabError) || error instanceof UsageError) throw error;
    progress.note(`it failed: ${error.message}`);
    const options = { outDirectory: out, night: night.id, progress };
    const record = await keepFailure(spec, planned.scenario, error.message, options);
    return { record, directory: join(out, record.id) };
  }
}

function specOf(
  { cell, stack, settings }: PlannedCell,
  name: string,
  home: string,
  provider: Provider,
): LabSpec {
  return { home, name, stack, edition: cell.edition, settings, provider };
}

/** @throws TypeError for a cell that nobody planned */
function plannedOf({ planned }: NightRunner, { cell }: Task): PlannedCell {
  const found = planned.get(cell.key);
  if (found === undefined) throw new TypeError(`nobody planned ${cell.key}`);
  return found;
}

/** The same progress, with the titles of its steps. */
function listening(progress: Progress, steps: string[]): Progress {
  return {
    note: (text) => {
      progress.note(text);
    },
    step: (title, work) => {
      steps.push(title);
      return progress.step(title, (inner) => work(listening(inner, steps)));
    },
  };
}

/**
 * Keeps what an attempt took beside its run: provisioning and restoring, or restoring alone.
 * @param steps titles of its steps
 */
export function rememberTimes(
  durations: Durations,
  stack: Pick<Stack, 'name'>,
  steps: readonly string[],
  besideMs: number,
): void {
  const around = durationKeys.around(stack.name);
  if (!steps.includes(`provision ${stack.name}`)) durations.remember(around, Math.max(0, besideMs));
  else
    durations.remember(
      durationKeys.provision(stack.name),
      Math.max(0, besideMs - (durations.expectedMs(around) ?? 0)),
    );
}

/** False where nothing ran: the lab did not come up. */
function cameUp({ broken, accelerator }: RunRecord): boolean {
  return broken === null || accelerator !== 'none';
}

/** What the engine has to know of a record. */
export function resultOf(record: RunRecord): AttemptResult {
  const failed = record.checks.filter(({ verdict }) => verdict !== 'pass');
  const outcome = outcomeOf({ ...record, failed });
  const said =
    outcome === 'infrastructure' ? failed.find(({ name }) => name === 'measurement-sound') : failed[0];
  return {
    run: record.id,
    outcome,
    verdict: record.verdict,
    stallSeconds: record.stallSeconds,
    hostClass: cameUp(record) ? hostClassOf(record) : null,
    labUp: cameUp(record),
    why: record.broken?.split('\n')[0] ?? said?.message ?? null,
  };
}

/** Labs of earlier nights that a killed command left running: they would take processor time from what is measured. */
export async function leftRunning(home: string, provider: Pick<Provider, 'name'>): Promise<string[]> {
  const labs = await listLabs(home);
  return labs
    .filter(({ description, state }) => state === 'running' && description.provider === provider.name)
    .map(({ description }) => description.name)
    .filter((name) => name.startsWith('night-'));
}

/** Runs of a night that it has not noted, with the cells that they can be of. */
export async function foundRuns(
  store: Store,
  night: Night,
  planned: readonly PlannedCell[],
): Promise<FoundRun[]> {
  const noted = new Set(night.attempts.map(({ run }) => run));
  const runs = (await store.summaries()).filter((run) => run.night === night.id && !noted.has(run.id));
  return await Promise.all(
    runs.map(async (run): Promise<FoundRun> => {
      const record = await store.readRecord(run.id);
      const fits = planned.filter(({ cell, settings }) => isOf(run, cell, settings));
      return { run, cells: fits.map(({ cell }) => cell.key), repeat: record.blow?.run ?? null };
    }),
  );
}

function isOf(run: RunSummary, cell: PlannedCell['cell'], settings: PlannedCell['settings']): boolean {
  return (
    run.stack === cell.stack &&
    run.edition === cell.edition &&
    run.scenario === cell.scenario &&
    sameSettings(run.settings, settings)
  );
}

/** The night that `--resume` means. @throws UsageError with what there is */
export function resumable(nights: readonly Night[], named: string | undefined): Night {
  if (named !== undefined) {
    const found = nights.find(({ id }) => id === named);
    if (found !== undefined) return found;
    const ids = nights.map(({ id }) => id);
    throw new UsageError(
      `there is no night ${JSON.stringify(named)}`,
      ids.length === 0 ? 'lab nightly begins one' : `there are ${ids.slice(-5).join(', ')}`,
    );
  }
  const unfinished = nights.findLast(({ endedAt }) => endedAt === null);
  if (unfinished !== undefined) return unfinished;
  throw new UsageError('no night is unfinished', 'lab nightly begins one');
}

/** @throws HostError where a night is on another kind of host: its runs could not be compared with each other */
export function ensureSameHost(night: Night, hostClass: string): void {
  if (night.attempts.length === 0 || night.hostClass === hostClass) return;
  throw new HostError(
    `${night.id} was begun on ${night.hostClass}, and this is ${hostClass}`,
    'resume it there, or begin another one: lab nightly',
  );
}
