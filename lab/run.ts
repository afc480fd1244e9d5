import { existsSync } from 'node:fs';
import { labDirectory, readDescription, withLock } from './labs.ts';
import type { Progress } from './progress.ts';
import type { Lab, Provider } from './provider.ts';
import type { RunRecord } from './record.ts';
import { keepRecord, runOnLab, type ScenarioOptions } from './run/scenario-run.ts';
import { emptyRecord } from './run/build-record.ts';
import type { LabSpec, UpOutcome } from './run/spec.ts';
import { attachTo, bringUp } from './run/up.ts';
import type { Scenario } from './scenario.ts';

/** Brings a lab up, healthy and attached, in the quickest true way. `fresh` provisions it anew whatever is there. */
export async function up(
  spec: LabSpec,
  progress: Progress,
  signal: AbortSignal,
  options: { fresh?: boolean } = {},
): Promise<UpOutcome> {
  return await withLock(labDirectory(spec.home, spec.name), 'bringing it up', () =>
    bringUp(spec, progress, signal, options),
  );
}

/** Attaches to a lab that runs. @throws UsageError when there is none, RigError when it does not run */
export async function attach(spec: LabSpec, signal: AbortSignal): Promise<Lab> {
  return await attachTo(spec, signal);
}

/** Runs a scenario on the pristine lab, which is restored or brought up for it. */
export async function runScenario(
  spec: LabSpec,
  scenario: Scenario,
  options: ScenarioOptions,
): Promise<{ record: RunRecord; directory: string }> {
  return await withLock(labDirectory(spec.home, spec.name), `running ${scenario.name}`, () =>
    runOnLab(spec, scenario, options),
  );
}

/** Keeps a record of a run that did not come about, and why. */
export async function keepFailure(
  spec: LabSpec,
  scenario: Scenario,
  why: string,
  options: Pick<ScenarioOptions, 'outDirectory' | 'night' | 'progress'>,
): Promise<RunRecord> {
  return (await keepRecord(emptyRecord(spec, scenario, why), options)).record;
}

/** Ends every process of a lab; with `purge` its folder and frozen state go too. Idempotent. @throws HostError when another command holds it */
export async function down(
  lab: { provider: Provider; home: string; name: string },
  options: { purge: boolean },
): Promise<void> {
  const { provider, home, name } = lab;
  const directory = labDirectory(home, name);
  if (!existsSync(directory)) {
    await provider.destroy(name, options);
    return;
  }
  // Without a description it was never healthy: nothing of it can be used again.
  await withLock(directory, 'taking it down', async () => {
    const purge = options.purge || (await readDescription(directory)) === undefined;
    await provider.destroy(name, { purge });
  });
}
