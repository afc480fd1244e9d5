import { ensureAble } from '../able.ts';
import { hostNowMs } from '../clock.ts';
import { HostError, LabError, RigError, UsageError, messageOf } from '../errors.ts';
import {
  isDirty,
  labDirectory,
  markClean,
  readDescription,
  removeDescription,
  writeDescription,
  type LabDescription,
} from '../labs.ts';
import type { Progress } from '../progress.ts';
import type { Lab, LabRequest } from '../provider.ts';
import type { Health } from '../stack.ts';
import { unlessBroken } from '../together.ts';
import { waitFor } from '../wait.ts';
import { keepLogs } from './aftermath.ts';
import { applyPlan, freshSecrets } from './apply-plan.ts';
import type { LabSpec, UpOutcome } from './spec.ts';

const healthySnapshot = 'healthy';
const healthTimeoutMs = 120_000;

export interface UpOptions {
  /** Provision it anew, whatever is there. */
  fresh?: boolean;
  /** Do not attach to one that was used since it was healthy. */
  pristine?: boolean;
  /** Gets consoles and log files, by name, of a lab that was made or restored and did not get well. */
  onFailedLogs?: (files: ReadonlyMap<string, string>) => Promise<void>;
}

export function requestOf(spec: LabSpec): LabRequest {
  return {
    name: spec.name,
    topology: spec.stack.topology(spec.edition, spec.settings),
    platform: spec.stack.platform(spec.edition),
  };
}

/**
 * Brings the lab to its healthy state in the quickest true way: attach when it runs undisturbed, else restore its frozen
 * state, else provision it. The caller holds the lab's lock.
 */
export async function bringUp(
  spec: LabSpec,
  progress: Progress,
  signal: AbortSignal,
  { fresh = false, pristine = false, onFailedLogs }: UpOptions = {},
): Promise<UpOutcome> {
  ensureAble(spec.provider, spec.stack, spec.settings);
  const startedMs = hostNowMs();
  const directory = labDirectory(spec.home, spec.name);
  const outcome = (lab: Lab, how: UpOutcome['how'], health: Health): UpOutcome => ({
    lab,
    how,
    health,
    seconds: (hostNowMs() - startedMs) / 1000,
  });
  const known = fresh ? undefined : await readDescription(directory);
  if (known !== undefined && sameLab(known, spec)) {
    if (!pristine && !(await isDirty(directory))) {
      const lab = await spec.provider.attach(requestOf(spec), signal);
      if (lab !== undefined) {
        try {
          const health = await spec.stack.health(lab, spec.settings, { thorough: false, signal });
          if (health.every((condition) => condition.ok)) return outcome(lab, 'attached', health);
          progress.note(`it runs, but is not healthy: ${failing(health)}`);
        } catch (error) {
          lab.close();
          throw error;
        }
        lab.close();
        signal.throwIfAborted();
      }
    }
    if (known.snapshot !== null) {
      const lab = await restored(spec, known.snapshot, progress, signal);
      if (lab !== undefined) {
        await markClean(directory);
        try {
          return outcome(lab, 'restored', await untilHealthy(spec, lab, false, progress, signal));
        } catch (error) {
          await tellLogs(spec, lab, error, progress, signal, onFailedLogs);
          lab.close();
          throw error;
        }
      }
      progress.note('it is provisioned anew');
    }
  }
  const lab = await provision(spec, directory, progress, signal, onFailedLogs);
  return outcome(lab.lab, 'provisioned', lab.health);
}

async function provision(
  spec: LabSpec,
  directory: string,
  progress: Progress,
  signal: AbortSignal,
  onFailedLogs: UpOptions['onFailedLogs'],
): Promise<{ lab: Lab; health: Health }> {
  if (!spec.stack.editions.includes(spec.edition) || spec.stack.platform(spec.edition).image === undefined)
    if (spec.provider.name === 'qemu')
      throw new HostError(
        `the ${spec.edition} edition of ${spec.stack.name} is rendered, not run: the embedded provider has no image of its platform`,
        `lab plan ${spec.stack.name} --edition ${spec.edition} prints it; lab up ${spec.stack.name} runs the current edition`,
      );
  await removeDescription(directory);
  await spec.provider.destroy(spec.name, { purge: false });
  const plan = spec.stack.plan(spec.edition, spec.settings, freshSecrets(spec.stack.secretNames));
  let opened: Lab | undefined;
  try {
    const lab = (opened = await spec.provider.up(requestOf(spec), progress, signal));
    await progress.step(`provision ${spec.stack.name}`, (inner) =>
      unlessBroken(lab.broken, signal, (meanwhile) => applyPlan(lab, plan, inner, meanwhile)),
    );
    const health = await untilHealthy(spec, lab, true, progress, signal);
    const frozen = spec.provider.capabilities.has('snapshot');
    if (frozen) await lab.snapshot(healthySnapshot, progress, signal);
    await writeDescription(directory, {
      schema: 1,
      name: spec.name,
      stack: spec.stack.name,
      edition: spec.edition,
      provider: spec.provider.name,
      settings: spec.settings,
      createdAt: new Date().toISOString(),
      snapshot: frozen ? healthySnapshot : null,
    });
    await markClean(directory);
    return { lab, health };
  } catch (error) {
    if (opened !== undefined) await tellLogs(spec, opened, error, progress, signal, onFailedLogs);
    opened?.close();
    // A half-made lab of Vagrant took minutes and goes on from where it is; one that was half provisioned does not.
    if (opened !== undefined || !spec.provider.resumesUp)
      await spec.provider.destroy(spec.name, { purge: true }).catch((left: unknown) => {
        progress.note(`what was begun could not be removed: ${messageOf(left)}`);
      });
    throw error;
  }
}

async function tellLogs(
  spec: LabSpec,
  lab: Lab,
  error: unknown,
  progress: Progress,
  signal: AbortSignal,
  onFailedLogs: UpOptions['onFailedLogs'],
): Promise<void> {
  if (onFailedLogs === undefined || !(error instanceof LabError) || signal.aborted) return;
  try {
    await onFailedLogs(await keepLogs(lab, spec.stack.logFiles));
  } catch (lost) {
    progress.note(`its logs could not be kept: ${messageOf(lost)}`);
  }
}

/** The lab from its snapshot; undefined, with a note, when that is gone or does not load any more. */
async function restored(
  spec: LabSpec,
  snapshot: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Lab | undefined> {
  try {
    const lab = await spec.provider.restore(requestOf(spec), snapshot, progress, signal);
    if (lab === undefined) progress.note('its frozen state is gone or does not fit this host any more');
    return lab;
  } catch (error) {
    if (!(error instanceof RigError) || signal.aborted) throw error;
    progress.note(`its frozen state cannot be restored: ${error.message}`);
    return undefined;
  }
}

async function untilHealthy(
  spec: LabSpec,
  lab: Lab,
  thorough: boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<Health> {
  return await progress.step('wait until it is healthy', () =>
    unlessBroken(lab.broken, signal, (inner) =>
      waitFor(
        `${spec.stack.name} to be healthy`,
        async () => {
          const health = await spec.stack.health(lab, spec.settings, { thorough, signal: inner });
          return health.every((condition) => condition.ok)
            ? { done: true, value: health }
            : { done: false, state: failing(health) };
        },
        { timeoutMs: healthTimeoutMs, everyMs: 500, signal: inner },
      ),
    ),
  );
}

function failing(health: Health): string {
  return health
    .filter((condition) => !condition.ok)
    .map((condition) => `${condition.what}: ${condition.found}`)
    .join('; ');
}

function sameLab(known: LabDescription, spec: LabSpec): boolean {
  const asText = (settings: LabDescription['settings']): string =>
    JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
  return (
    known.stack === spec.stack.name &&
    known.edition === spec.edition &&
    known.provider === spec.provider.name &&
    asText(known.settings) === asText(spec.settings)
  );
}

/** Attaches to a lab that runs, whatever its health. */
export async function attachTo(spec: LabSpec, signal: AbortSignal): Promise<Lab> {
  const known = await readDescription(labDirectory(spec.home, spec.name));
  if (known === undefined) throw new UsageError(`there is no lab ${spec.name}`, `lab up ${spec.stack.name}`);
  const lab = await spec.provider.attach(requestOf(spec), signal);
  if (lab === undefined) throw new RigError(`the lab ${spec.name} does not run`, `lab up ${spec.stack.name}`);
  return lab;
}
