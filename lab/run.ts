import { labDirectory, readDescription, withLock } from './labs.ts';
import type { Progress } from './progress.ts';
import type { Lab } from './provider.ts';
import { endEverything, qemuProvider } from './providers/qemu.ts';
import type { RunRecord } from './record.ts';
import { runOnLab, type ScenarioOptions } from './run/scenario-run.ts';
import type { LabSpec, UpOutcome } from './run/spec.ts';
import { attachTo, bringUp } from './run/up.ts';
import type { Scenario } from './scenario.ts';

export type { LabSpec, UpOutcome } from './run/spec.ts';

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

/** Ends every process of a lab; with `purge` its folder and frozen state go too. Idempotent. */
export async function down(home: string, name: string, options: { purge: boolean }): Promise<void> {
  const directory = labDirectory(home, name);
  const provider = qemuProvider({ home });
  if ((await readDescription(directory)) === undefined) await provider.destroy(name, { purge: true });
  else await withLock(directory, 'taking it down', () => provider.destroy(name, options));
}

/** Ends every lab of this user, wherever its folder is, and everything that a killed command left behind. */
export async function downAll(): Promise<{ ended: string[] }> {
  return { ended: await endEverything() };
}
