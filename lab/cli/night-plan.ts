import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { capacityOf, neededMemoryMib } from '../host/capacity.ts';
import { cacheFolder } from '../host/folders.ts';
import { hostClassOf } from '../host-class.ts';
import { labsHome } from '../labs.ts';
import type { Night, NightCell } from '../night.ts';
import { estimateOf, sameSettings } from '../nightly/estimate.ts';
import { labNameOf } from '../nightly/lab-name.ts';
import type { PlannedCell } from '../nightly/matrix.ts';
import type { CellPast, Task } from '../nightly/order.ts';
import { isConspicuous, tasksInOrder } from '../nightly/order.ts';
import type { Fits } from '../nightly/schedule.ts';
import type { HostRoom, LabNeeds } from '../nightly/slots.ts';
import { fitsBeside, labNeeds, slots } from '../nightly/slots.ts';
import type { Provider } from '../provider.ts';
import type { RunSummary } from '../run-summary.ts';
import { resolveSettings } from '../settings.ts';
import type { CliContext } from './context.ts';
import { durationsIn } from './durations.ts';
import { listLabs } from './known-labs.ts';
import { scenarioNamed, stackNamed } from './registry.ts';

/** Everything that is to run, in order, with what this host makes of it. */
export interface NightPlan {
  cells: NightCell[];
  /** By the key of the cell. */
  planned: ReadonlyMap<string, PlannedCell>;
  tasks: Task[];
  fits: Fits;
  /** How many labs run side by side at most. */
  slots: number;
  host: HostRoom;
  hostClass: string;
}

/** Where durations of a stack's labs are kept, in durations.json of the cache. */
export const durationKeys = {
  provision: (stack: string): string => `nightly > provision ${stack}`,
  around: (stack: string): string => `nightly > around a run of ${stack}`,
};

export function durationsOf(context: CliContext): ReturnType<typeof durationsIn> {
  return durationsIn(join(cacheFolder(context.env), 'durations.json'));
}

/**
 * Times, order and room.
 * @param runs of the results folder, in the order of the history
 */
export async function planNight(
  context: CliContext,
  planned: readonly PlannedCell[],
  provider: Pick<Provider, 'name'>,
  runs: readonly RunSummary[],
): Promise<NightPlan> {
  const accelerator = expectedAccelerator(context, provider, runs);
  const hostClass = hostClassOf({ accelerator, host: thisHost() });
  const own = runs.filter((run) => run.hostClass === hostClass);
  const durations = durationsOf(context);
  const seconds = (key: string): number | undefined => {
    const ms = durations.expectedMs(key);
    return ms === undefined ? undefined : ms / 1000;
  };
  const home = labsHome(context.cwd);
  const labs = await listLabs(home);
  const cells = planned.map(({ cell, settings }): NightCell => ({
    ...cell,
    estimate: estimateOf(
      { ...cell, all: settings },
      {
        runs: own,
        provisionSeconds: (stack) => seconds(durationKeys.provision(stack)),
        aroundSeconds: (stack) => seconds(durationKeys.around(stack)),
        isFrozen: (each) =>
          labs.some(
            ({ description, state }) =>
              description.name === labNameOf(each) &&
              description.stack === each.stack &&
              description.edition === each.edition &&
              description.provider === provider.name &&
              description.snapshot !== null &&
              state !== 'damaged' &&
              sameSettings(description.settings, each.all),
          ),
      },
    ),
  }));
  const byKey = new Map(planned.map((each) => [each.cell.key, each]));
  const { memoryMib, cores } = capacityOf({ cache: cacheFolder(context.env), labs: home });
  const host: HostRoom = { memoryMib, cores, emulated: accelerator === 'tcg' };
  const needs = needsOf(planned, host);
  const needOf = (lab: string): LabNeeds => needs.get(lab) ?? { memoryMib: 0, cores: 0 };
  return {
    cells,
    planned: byKey,
    tasks: tasksInOrder(cells, (cell) => pastOf(byKey.get(cell.key), own)),
    fits: (lab, running) => fitsBeside(host, running.map(needOf), needOf(lab)),
    slots: slots(host, [...needs.values()]),
    host,
    hostClass,
  };
}

/** The cells of a night that was begun, as this release has their stacks and scenarios. @throws UsageError where it has not */
export function plannedAgain({ cells }: Pick<Night, 'cells'>): PlannedCell[] {
  return cells.map(({ estimate: _, ...cell }) => {
    const stack = stackNamed(cell.stack);
    return {
      cell,
      stack,
      scenario: scenarioNamed(cell.scenario),
      settings: resolveSettings(stack, cell.edition, cell.settings),
    };
  });
}

function needsOf(planned: readonly PlannedCell[], host: HostRoom): Map<string, LabNeeds> {
  return new Map(
    planned.map(({ cell, stack, settings }) => {
      const topology = stack.topology(cell.edition, settings);
      const memoryMib = neededMemoryMib(topology.nodes.map((node) => node.memoryMib));
      return [labNameOf(cell), labNeeds(topology, memoryMib, host)];
    }),
  );
}

function pastOf(planned: PlannedCell | undefined, runs: readonly RunSummary[]): CellPast {
  const at = runs.findLastIndex(
    (run) =>
      planned !== undefined &&
      run.stack === planned.cell.stack &&
      run.edition === planned.cell.edition &&
      run.scenario === planned.cell.scenario &&
      sameSettings(run.settings, planned.settings),
  );
  const last = runs[at];
  return last === undefined
    ? { conspicuous: false, lastRun: null }
    : { conspicuous: isConspicuous(last), lastRun: at };
}

/** As records tell it (lab/run/host-facts.ts). */
function thisHost(): Record<string, string> {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: String(cpus().length) };
}

const Kept = z.looseObject({ name: z.string() });

/**
 * What carries machines here: as in the newest run on this processor, else as it was proven once, else emulation, of which too
 * little is never expected. The night takes it from its records as soon as it has one.
 */
function expectedAccelerator(
  context: CliContext,
  provider: Pick<Provider, 'name'>,
  runs: readonly RunSummary[],
): string {
  const [, ...rest] = hostClassOf({ accelerator: '', host: thisHost() }).split(' / ');
  const ending = ` / ${rest.join(' / ')}`;
  const known = runs.findLast(
    (run) =>
      run.provider === provider.name && run.hostClass.endsWith(ending) && !run.hostClass.startsWith('none'),
  );
  if (known !== undefined) return known.hostClass.slice(0, -ending.length);
  try {
    const text = readFileSync(join(cacheFolder(context.env), 'accelerator.json'), 'utf8');
    return Kept.parse(JSON.parse(text)).name;
  } catch {
    return 'tcg';
  }
}
