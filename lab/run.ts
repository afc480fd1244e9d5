import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failedLogsDirectory, labDirectory, readDescription, withLock } from './labs.ts';
import type { Progress } from './progress.ts';
import type { Lab, Provider } from './provider.ts';
import type { RunRecord } from './record.ts';
import { keepRecord, runOnLab, type ScenarioOptions } from './run/scenario-run.ts';
import { emptyRecord } from './run/build-record.ts';
import type { LabSpec, UpOutcome } from './run/spec.ts';
import { attachTo, bringUp } from './run/up.ts';
import type { Scenario } from './scenario.ts';

/**
 * Brings a lab up, healthy and attached, in the quickest true way. `fresh` provisions it anew whatever is there. One that cannot be
 * provisioned is removed; the logs of its nodes stay, beside the folders of the labs, until it comes up or is purged.
 */
export async function up(
  spec: LabSpec,
  progress: Progress,
  signal: AbortSignal,
  { fresh = false }: { fresh?: boolean } = {},
): Promise<UpOutcome> {
  const logs = failedLogsDirectory(spec.home, spec.name);
  return await withLock(labDirectory(spec.home, spec.name), 'bringing it up', async () => {
    const outcome = await bringUp(spec, progress, signal, {
      fresh,
      onFailedLogs: async (files) => {
        await writeFiles(logs, files);
        progress.note(`what its nodes said last is in ${logs}`);
      },
    });
    await rm(logs, { recursive: true, force: true });
    return outcome;
  });
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
  if (!existsSync(directory)) await provider.destroy(name, options);
  else
    await withLock(directory, 'taking it down', async () => {
      // Without a description it was never healthy: nothing of it can be used again.
      const purge = options.purge || (await readDescription(directory)) === undefined;
      await provider.destroy(name, { purge });
    });
  if (options.purge) await rm(failedLogsDirectory(home, name), { recursive: true, force: true });
}

/** In place of all that the folder held. */
async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [name, text] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
