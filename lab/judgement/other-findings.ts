import type { Finding, Rules } from '../judgement.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Night } from '../night.ts';
import type { CellFigures } from './night-figures.ts';
import { fisherHigher } from './small-samples.ts';
import { counted, listed, secondsText } from './words.ts';

/** The check that forbids losses. A scenario without it loses acknowledged writes by design, as split-brain does. */
const lossCheck = 'no-acknowledged-write-lost';

/** Any loss that a check of the scenario forbids; one that is part of the scenario, where no accepted run had any. */
export function lostWrites({ runs, unknown, history }: CellFigures, rules: Rules): Finding[] {
  const losing = [...runs, ...unknown].filter((run) => lossOf(run) > 0);
  const forbidden = losing.filter((run) => run.failed.some(({ name }) => name === lossCheck));
  if (forbidden.length > 0) return [lossFinding(forbidden, 'regression', '')];
  if (losing.length === 0) return [];
  if (history.some((run) => lossOf(run) > 0)) return [];
  return history.length < rules.leastHistory
    ? [lossFinding(losing, 'notice', '; no check of the scenario forbids it')]
    : [lossFinding(losing, 'regression', `; none of ${counted(history.length, 'accepted run')} lost any`)];
}

function lossFinding(runs: readonly RunSummary[], weight: Finding['weight'], more: string): Finding {
  const lost = runs.reduce((sum, run) => sum + (run.lost ?? 0), 0);
  const damaged = runs.reduce((sum, run) => sum + (run.damaged ?? 0), 0);
  const writes = [
    ...(lost > 0 ? [`${counted(lost, 'acknowledged write')} lost`] : []),
    ...(damaged > 0 ? [`${counted(damaged, 'acknowledged write')} damaged`] : []),
  ].join(', ');
  return {
    kind: 'lost-write',
    weight,
    message: `${writes} in ${counted(runs.length, 'run')}${more}`,
    runs: idsOf(runs),
  };
}

function lossOf({ lost, damaged }: RunSummary): number {
  return (lost ?? 0) + (damaged ?? 0);
}

/** A lock that a client lost, where it was kept in every accepted run that tells. */
export function lostLocks({ runs, history }: CellFigures, rules: Rules): Finding[] {
  const losing = runs.filter(({ lock }) => lock === 'lost');
  if (losing.length === 0 || history.some(({ lock }) => lock === 'lost')) return [];
  const kept = history.filter(({ lock }) => lock === 'kept').length;
  const message = `a client lost its NFS lock in ${counted(losing.length, 'run')} of ${String(runs.length)}`;
  const finding = (weight: Finding['weight'], more: string): Finding[] => [
    { kind: 'lost-lock', weight, message: `${message}${more}`, runs: idsOf(losing) },
  ];
  if (kept >= rules.leastHistory)
    return finding('regression', `, in none of ${counted(kept, 'accepted run')} that watched one`);
  return finding(
    'notice',
    kept === 0 ? '; no accepted run tells' : `; only ${counted(kept, 'accepted run')} kept it`,
  );
}

/** Errnos that no accepted run had. */
export function newErrors({ runs, history }: CellFigures, rules: Rules): Finding[] {
  if (history.length < rules.leastHistory) return [];
  const known = new Set([...rules.ignoredErrors, ...history.flatMap(({ errors }) => Object.keys(errors))]);
  const names = new Set(runs.flatMap(({ errors }) => Object.keys(errors)).filter((name) => !known.has(name)));
  return [...names].sort().map((name) => {
    const having = runs.filter(({ errors }) => errors[name] !== undefined);
    const operations = having.reduce((sum, { errors }) => sum + (errors[name] ?? 0), 0);
    return {
      kind: 'new-error',
      weight: 'regression',
      message:
        `clients see ${name}: ${counted(operations, 'failed operation')} in ${counted(having.length, 'run')} of ` +
        `${String(runs.length)}, in none of ${counted(history.length, 'accepted run')}`,
      runs: idsOf(having),
    };
  });
}

/**
 * A check that fails and failed in no accepted run is news, be it once: it also works with one repeat. Where runs have failed before,
 * the share of those that do has to be higher than chance makes it.
 * @param level the chance of a false alarm that this may have
 */
export function verdictRate({ runs, history }: CellFigures, level: number, rules: Rules): Finding[] {
  if (history.length < rules.leastHistory || runs.length === 0) return [];
  const fails = runs.filter(({ verdict }) => verdict === 'fail');
  const failedBefore = history.filter(({ verdict }) => verdict === 'fail').length;
  const knownChecks = new Set(history.flatMap(failedChecks));
  const newChecks = new Set(fails.flatMap(failedChecks).filter((name) => !knownChecks.has(name)));
  // Lost writes have a finding of their own.
  newChecks.delete(lossCheck);
  const rates =
    `${String(fails.length)} of ${counted(runs.length, 'run')} failed, ` +
    `${String(failedBefore)} of ${counted(history.length, 'accepted run')} did`;
  if (newChecks.size > 0 || (fails.length > 0 && failedBefore === 0)) {
    const shown = fails.filter(
      (run) => failedBefore === 0 || failedChecks(run).some((name) => newChecks.has(name)),
    );
    const which = newChecks.size === 0 ? '' : `; never before: ${listed([...newChecks].sort())}`;
    return [{ kind: 'verdict-rate', weight: 'regression', message: `${rates}${which}`, runs: idsOf(shown) }];
  }
  const now = { failed: fails.length, of: runs.length };
  const before = { failed: failedBefore, of: history.length };
  if (fisherHigher(now, before) <= level)
    return [{ kind: 'verdict-rate', weight: 'regression', message: rates, runs: idsOf(fails) }];
  if (fisherHigher(before, now) <= level)
    return [{ kind: 'verdict-rate', weight: 'improvement', message: rates, runs: idsOf(runs) }];
  return [];
}

function failedChecks({ failed }: RunSummary): string[] {
  return failed.flatMap(({ name, verdict }) => (verdict === 'fail' ? [name] : []));
}

export function outsidePrediction({ runs }: CellFigures): Finding[] {
  const outside = runs.flatMap(({ id, stallSeconds, predicted }) => {
    if (stallSeconds === null || predicted === null) return [];
    const { fromSeconds, toSeconds } = predicted;
    const within = stallSeconds >= fromSeconds && stallSeconds <= toSeconds;
    return within ? [] : [{ id, stallSeconds, fromSeconds, toSeconds }];
  });
  const [first] = outside;
  if (first === undefined) return [];
  const message =
    `${counted(outside.length, 'run')} of ${String(runs.length)} outside the prediction, the first one with ` +
    `${secondsText(first.stallSeconds)} instead of ${secondsText(first.fromSeconds)} to ${secondsText(first.toSeconds)}`;
  return [{ kind: 'outside-prediction', weight: 'notice', message, runs: outside.map(({ id }) => id) }];
}

/** What was tried and says nothing of the cluster. */
export function infrastructure({ broken, unknown, otherHost, lacking }: CellFigures): Finding[] {
  const finding = (message: string, runs: string[]): Finding[] =>
    runs.length === 0 ? [] : [{ kind: 'infrastructure', weight: 'notice', message, runs }];
  const why = broken.find((each) => each.why !== null)?.why;
  return [
    ...finding(
      `the rig broke in ${counted(broken.length, 'try', 'tries')}${why === undefined ? '' : `: ${String(why)}`}`,
      broken.map(({ run }) => run),
    ),
    ...finding(`${counted(unknown.length, 'run')} with the verdict unknown, no pass`, idsOf(unknown)),
    ...finding(
      `${counted(otherHost.length, 'run')} on another kind of host (${String(otherHost[0]?.hostClass)}), not compared`,
      idsOf(otherHost),
    ),
    ...finding(`no record of ${counted(lacking.length, 'run')} can be read`, lacking),
  ];
}

export function notRun({ cell, runs, unknown, otherHost, lacking }: CellFigures, night: Night): Finding[] {
  const missing = cell.repeats - runs.length - unknown.length - otherHost.length - lacking.length;
  if (missing <= 0) return [];
  const reasons = new Set(night.leftOut.flatMap((each) => (each.cell === cell.key ? each.why : [])));
  const why = reasons.size === 0 ? '' : `: ${[...reasons].join('; ')}`;
  const message = `${String(missing)} of ${counted(cell.repeats, 'repeat')} not measured${why}`;
  return [{ kind: 'not-run', weight: 'notice', message, runs: [] }];
}

function idsOf(runs: readonly RunSummary[]): string[] {
  return runs.map(({ id }) => id);
}
