import { confirmations } from '../judgement/confirmations.ts';
import type { Rules } from '../judgement.ts';
import type { Night } from '../night.ts';
import { labNameOf } from '../nightly/lab-name.ts';
import type { Task } from '../nightly/order.ts';
import { openStore } from '../store/open-store.ts';
import { gatherNight } from './night-report.ts';
import { readSources } from './night-sources.ts';

/** Further repeats of the cells of a night that few runs do not decide, from what the results folder holds of it so far. */
export async function confirmingTasks(out: string, night: Night, rules: Rules): Promise<Task[]> {
  const { sources } = await readSources(openStore(out));
  return confirmations({ ...gatherNight(night.id, sources, rules), rules }).flatMap(
    ({ cell: key, repeats }) => {
      const cell = night.cells.find((each) => each.key === key);
      if (cell === undefined) return [];
      const last = Math.max(
        cell.repeats,
        ...night.attempts.flatMap((attempt) => (attempt.cell === key ? [attempt.repeat] : [])),
      );
      return Array.from({ length: repeats }, (_, i) => ({
        cell,
        repeat: last + 1 + i,
        lab: labNameOf(cell),
      }));
    },
  );
}
