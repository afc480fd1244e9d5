import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Baseline } from '../baseline.ts';
import { messageOf } from '../errors.ts';
import { emptyBaseline } from '../judgement/accept.ts';
import { runsWithOtherVersions } from '../judgement/suspects.ts';
import { CellJudgement, Judgement, Rules } from '../judgement.ts';
import type { RunRecord } from '../record.ts';
import { readBaseline } from '../store/baseline-file.ts';
import type { SetAside, Store } from '../store.ts';
import { nightDirectory, readNights } from '../store/night-files.ts';
import { replaceFile } from '../store/record-files.ts';
import type { GatheredNight, NightSources } from './night-report.ts';

/** How a night was judged when it ended: what was said that morning stays, whatever is accepted or reset later. */
export const judgementFile = 'judgement.json';

const KeptJudgement = z.looseObject({
  cells: z.array(z.looseObject({ cell: z.string(), verdict: CellJudgement.shape.verdict })),
  rules: Rules,
  verdict: Judgement.shape.verdict,
});
type KeptJudgement = z.infer<typeof KeptJudgement>;

/** undefined where there is none, or none that can be read: a night that is judged anew does not need it. */
export async function readJudgement(folder: string, night: string): Promise<KeptJudgement | undefined> {
  try {
    const text = await readFile(join(nightDirectory(folder, night), judgementFile), 'utf8');
    return KeptJudgement.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** @throws what the file system says */
export async function keepJudgement(folder: string, judgement: Judgement): Promise<void> {
  const file = join(nightDirectory(folder, judgement.night), judgementFile);
  await replaceFile(file, `${JSON.stringify(judgement, null, 2)}\n`);
}

export interface ReadSources {
  sources: NightSources;
  /** Why the index could not be brought up to date. */
  notes: readonly string[];
  /** Why nobody knows what is accepted; null where that is known. */
  baselineProblem: string | null;
}

/** All that a results folder says of its nights. What cannot be read is set aside, and named. */
export async function readSources(store: Store): Promise<ReadSources> {
  const { folder } = store;
  const { runs, setAside, notes } = await store.read();
  const { nights, setAside: brokenNights } = await readNights(folder);
  const { baseline, problem } = await baselineOf(folder);
  const judged = new Map<string, Map<string, CellJudgement['verdict']>>();
  for (const { id } of nights) {
    const kept = await readJudgement(folder, id);
    if (kept !== undefined) judged.set(id, new Map(kept.cells.map(({ cell, verdict }) => [cell, verdict])));
  }
  const named: SetAside[] = [
    ...setAside,
    ...brokenNights.map(({ night, problem: why }) => ({ run: `nights/${night}`, problem: why })),
    ...(problem === null ? [] : [{ run: 'baseline.json', problem }]),
  ];
  // A report says nothing of where on the host it was made.
  const told = named.map(({ run, problem: why }) => ({ run, problem: why.replaceAll(`${folder}/`, '') }));
  const drawn = new Set(runs.flatMap(({ id }) => (existsSync(join(folder, id, 'report.html')) ? [id] : [])));
  return {
    sources: { runs, nights, baseline, setAside: told, judged, drawn },
    notes,
    baselineProblem: problem,
  };
}

async function baselineOf(folder: string): Promise<{ baseline: Baseline; problem: string | null }> {
  try {
    return { baseline: await readBaseline(folder), problem: null };
  } catch (error) {
    return { baseline: emptyBaseline, problem: messageOf(error).split('\n')[0] ?? '' };
  }
}

/** What was installed for those runs whose versions differ from what they are compared with. */
export async function versionsOf(
  store: Store,
  gathered: GatheredNight,
  rules: Rules,
): Promise<ReadonlyMap<string, RunRecord['versions']>> {
  const versions = new Map<string, RunRecord['versions']>();
  for (const run of runsWithOtherVersions({ ...gathered, rules }))
    try {
      versions.set(run, (await store.readRecord(run)).versions);
    } catch {
      // Its summary is from a time when the record could be read; the judgement says that it cannot be now.
      continue;
    }
  return versions;
}
