import type { AcceptedRuns, Baseline } from '../baseline.ts';
import type { CellJudgement, Judgement } from '../judgement.ts';
import type { Night } from '../night.ts';
import type { RunSummary } from '../run-summary.ts';

export const emptyBaseline: Baseline = { schema: 1, cells: {} };

/** What a creep is measured against grows to so many runs, in the nights that follow. */
const anchorRuns = 10;

export interface Acceptance {
  baseline: Baseline;
  accepted: { cell: string; runs: number; afresh: boolean }[];
  left: { cell: string; why: string }[];
}

export interface NightToAccept {
  baseline: Baseline;
  night: Night;
  runs: readonly RunSummary[];
  judgement: Judgement;
  by: AcceptedRuns['last']['by'];
}

/**
 * Takes a night into the history.
 * - `hand`: a person says that this is the new normal. All its measured runs count; a cell that is not as it was (regressed,
 *   improved, or crept) begins anew with them, since a history of two kinds of runs is like neither.
 * - `unchanged`: nothing was worse. Cells that are as they were are added, and those without a history. What is better is left to a
 *   person, and what creeps too; of a night that regressed nothing is taken.
 *
 * A night that is accepted twice counts once.
 */
export function acceptNight({ baseline, night, runs, judgement, by }: NightToAccept): Acceptance {
  const acceptance: Acceptance = { baseline: structuredClone(baseline), accepted: [], left: [] };
  const byId = new Map(runs.map((run) => [run.id, run]));
  for (const judged of judgement.cells) {
    const measured = night.attempts
      .filter(({ cell, outcome }) => cell === judged.cell && outcome === 'measured')
      .flatMap(({ run }) => byId.get(run) ?? [])
      .filter(({ verdict }) => verdict !== 'unknown');
    const why = whyNot(judged, measured, judgement, by);
    if (why !== undefined) {
      acceptance.left.push({ cell: judged.cell, why });
      continue;
    }
    const afresh = by === 'hand' && !isAsBefore(judged);
    const hosts = (acceptance.baseline.cells[judged.cell] ??= {});
    for (const hostClass of new Set(measured.map((run) => run.hostClass))) {
      const ids = measured.flatMap((run) => (run.hostClass === hostClass ? run.id : []));
      const earlier = afresh ? undefined : hosts[hostClass];
      // Twice what a judgement looks at, so that the nights before this one can be judged again.
      const most = 2 * judgement.rules.mostHistory;
      hosts[hostClass] = {
        runs: joined(earlier?.runs ?? [], ids).slice(-most),
        anchor: by === 'hand' ? ids : grown(earlier?.anchor ?? [], ids),
        last: { night: night.id, by },
      };
    }
    acceptance.accepted.push({ cell: judged.cell, runs: measured.length, afresh });
  }
  return acceptance;
}

function whyNot(
  judged: CellJudgement,
  measured: readonly RunSummary[],
  { verdict }: Judgement,
  by: AcceptedRuns['last']['by'],
): string | undefined {
  if (measured.length === 0) return 'no run was measured';
  if (by === 'hand') return undefined;
  if (verdict === 'regressed') return judged.verdict === 'regressed' ? 'regressed' : 'the night regressed';
  if (judged.verdict === 'improved') return 'improved: a person decides whether that is the new normal';
  if (!isAsBefore(judged)) return 'creeps: a person decides whether that is the new normal';
  return undefined;
}

function isAsBefore({ verdict, findings }: CellJudgement): boolean {
  if (verdict !== 'unchanged' && verdict !== 'first-night') return false;
  return !findings.some(({ kind }) => kind === 'slower');
}

function grown(anchor: readonly string[], ids: readonly string[]): string[] {
  return anchor.length >= anchorRuns ? [...anchor] : joined(anchor, ids).slice(0, anchorRuns);
}

function joined(earlier: readonly string[], ids: readonly string[]): string[] {
  const again = new Set(ids);
  return [...earlier.filter((id) => !again.has(id)), ...ids];
}

/** Forgets a cell on every kind of host, or all of them. The runs themselves stay. */
export function resetBaseline(baseline: Baseline, cell?: string): Baseline {
  if (cell === undefined) return emptyBaseline;
  return {
    ...baseline,
    cells: Object.fromEntries(Object.entries(baseline.cells).filter(([key]) => key !== cell)),
  };
}

export interface HistoryAsked {
  baseline: Baseline;
  /** All runs of the store, in its order. */
  runs: readonly RunSummary[];
  /** Only runs of this kind of host; without it those of all kinds, which `judgeNight` tells apart. */
  hostClass?: string;
  /** Only runs from before the first one of this night: what it was, or would have been, compared with. */
  before?: string;
}

/** Accepted runs by the key of the cell, oldest first: in the order of the store, whatever clocks said. */
export function historyOf(asked: HistoryAsked): Map<string, RunSummary[]> {
  return runsOf(asked, ({ runs }) => runs);
}

/** The same of what a creep is measured against. */
export function anchorsOf(asked: HistoryAsked): Map<string, RunSummary[]> {
  return runsOf(asked, ({ anchor }) => anchor);
}

function runsOf(
  { baseline, runs, hostClass, before }: HistoryAsked,
  choose: (accepted: AcceptedRuns) => readonly string[],
): Map<string, RunSummary[]> {
  const first = before === undefined ? -1 : runs.findIndex(({ night }) => night === before);
  const earlier = first === -1 ? runs : runs.slice(0, first);
  const found = new Map<string, RunSummary[]>();
  for (const [cell, hosts] of Object.entries(baseline.cells)) {
    // A run that is listed under another kind of host than its own is none of that kind's history.
    const classOf = new Map(
      Object.entries(hosts).flatMap(([each, accepted]) => choose(accepted).map((id) => [id, each] as const)),
    );
    const wanted = earlier.filter(
      (run) => classOf.get(run.id) === run.hostClass && (hostClass ?? run.hostClass) === run.hostClass,
    );
    if (wanted.length > 0) found.set(cell, wanted);
  }
  return found;
}
