import { HostError } from '../errors.ts';
import type { Judgement, Rules } from '../judgement.ts';
import type { NightConfig } from '../nightly/config.ts';
import { openStore } from '../store/open-store.ts';
import { readNights } from '../store/night-files.ts';
import type { CliContext } from './context.ts';
import { print, printJson } from './output.ts';
import { exitCodeOf } from './present.ts';
import type { GlobalOptions } from './program.ts';

/** What a night that has run is finished with. */
export interface Finish {
  /** Results folder. */
  out: string;
  nightId: string;
  rules: Rules;
  accept: NightConfig['accept'];
  notifyUrl: string | undefined;
}

/** Says what was run, with counts; the exit code is that of the worst run that could be judged. */
export async function finishNight(
  context: CliContext,
  options: GlobalOptions,
  { out, nightId }: Finish,
): Promise<{ exitCode: number; judgement: Judgement | null }> {
  const night = (await readNights(out)).nights.find(({ id }) => id === nightId);
  if (night === undefined) throw new HostError(`there is no night ${nightId} in ${out}`);
  const measured = new Set(
    night.attempts.filter(({ outcome }) => outcome === 'measured').map(({ run }) => run),
  );
  const runs = (await openStore(out).summaries()).filter(({ id }) => measured.has(id));
  const count = (verdict: string): number => runs.filter((run) => run.verdict === verdict).length;
  const counts = {
    measured: runs.length,
    pass: count('pass'),
    fail: count('fail'),
    unknown: count('unknown'),
    infrastructure: night.attempts.length - measured.size,
    leftOut: night.leftOut.reduce((sum, { repeats }) => sum + repeats, 0),
  };
  if (options.json === true) printJson(context, { night, counts });
  else
    print(
      context,
      `${night.id}: ${String(counts.measured)} runs of ${String(night.cells.length)} cells: ${String(counts.pass)} pass, ` +
        `${String(counts.fail)} fail, ${String(counts.unknown)} unknown; ${String(counts.infrastructure)} infrastructure failures, ` +
        `${String(counts.leftOut)} left out`,
    );
  const unmeasured = night.attempts.some(
    ({ cell, repeat }) =>
      !night.attempts.some((each) => each.cell === cell && each.repeat === repeat && measured.has(each.run)),
  );
  const verdicts = [...runs, ...(unmeasured ? [{ verdict: 'unknown' as const }] : [])];
  return { exitCode: exitCodeOf(verdicts), judgement: null };
}
