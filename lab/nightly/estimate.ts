import type { NightCell } from '../night.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Settings } from '../stack.ts';

/** What is known of how long things take here. */
export interface TimesKnown {
  /** Runs of this kind of host, in the order of the history. */
  runs: readonly RunSummary[];
  /** How long provisioning took the last time it was needed, by stack; of restoring and reading back around a run too. */
  provisionSeconds(stack: string): number | undefined;
  aroundSeconds(stack: string): number | undefined;
  /** True where the frozen state of the cell's lab is there already, with these settings. */
  isFrozen(cell: CellToEstimate): boolean;
}

export type CellToEstimate = Pick<NightCell, 'stack' | 'edition' | 'label' | 'scenario'> & {
  /** All settings, defaults included. */
  all: Settings;
};

/**
 * Length of a run without any to go by: what runs with the verdict pass took on two emulated cores (162 and 191 s of hard-halt,
 * 44 s of link-flap: test/fixtures/records). A scenario that is not named here takes about as long as those in which no
 * machine boots.
 */
const usualRunSeconds: Readonly<Record<string, number>> = { 'hard-halt': 180, 'link-flap': 45 };
const otherRunSeconds = 120;
/** Restoring, reading back, taking down; on two emulated cores. */
const usualAroundSeconds = 30;
/** The slower end of 70 to 200 s that were measured on two emulated cores; hardware virtualisation is quicker. */
const usualProvisionSeconds = 200;
/** A median of more says nothing else. */
const newestRuns = 10;

/** What a run takes where nobody looks into any history: the same on every host, so that all shards of a night split it alike. */
export function usualSeconds({ scenario }: Pick<NightCell, 'scenario'>): {
  runSeconds: number;
  provisionSeconds: number;
} {
  const run = Object.hasOwn(usualRunSeconds, scenario) ? usualRunSeconds[scenario] : undefined;
  return {
    runSeconds: (run ?? otherRunSeconds) + usualAroundSeconds,
    provisionSeconds: usualProvisionSeconds,
  };
}

/**
 * How long one run of a cell takes: the median of its newest runs on this kind of host, else of those of its stack and scenario
 * with other settings, else of its scenario on other stacks, else what is usual. Runs whose rig broke ended early and do not count.
 */
export function estimateOf(cell: CellToEstimate, known: TimesKnown): NightCell['estimate'] {
  const whole = known.runs.filter((run) => run.broken === null && run.durationMs > 0);
  const sameScenario = whole.filter((run) => run.scenario === cell.scenario);
  const sameStack = sameScenario.filter((run) => run.stack === cell.stack && run.edition === cell.edition);
  const own = sameStack.filter((run) => sameSettings(run.settings, cell.all));
  const found = [
    { runs: own, of: 'it' },
    { runs: sameStack, of: 'it with other settings' },
    { runs: sameScenario, of: `${cell.scenario} on other stacks` },
  ].find(({ runs }) => runs.length > 0);
  const usual = usualSeconds(cell);
  const around = known.aroundSeconds(cell.stack) ?? usualAroundSeconds;
  const provisioned = known.provisionSeconds(cell.stack);
  const frozen = known.isFrozen(cell);
  const lengths = (found?.runs ?? []).slice(-newestRuns).map((run) => run.durationMs / 1000);
  const run =
    found === undefined
      ? 'usual, as there is no run yet'
      : `${String(lengths.length)} ${lengths.length === 1 ? 'run' : 'runs'} of ${found.of}`;
  const lab = frozen
    ? 'its lab is frozen already'
    : provisioned === undefined
      ? 'provisioning usual'
      : 'provisioning as the last time';
  return {
    runSeconds: Math.round(found === undefined ? usual.runSeconds : median(lengths) + around),
    provisionSeconds: frozen ? 0 : Math.round(provisioned ?? usual.provisionSeconds),
    from: `${run}; ${lab}`,
  };
}

export function sameSettings(a: Settings, b: Settings): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}
