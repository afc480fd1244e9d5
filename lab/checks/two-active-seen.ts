import type { Check, Judgement } from '../check.ts';
import type { RunRecord } from '../record.ts';
import { overlapToleranceMs } from './never-two-active.ts';

/** Of a scenario that asks for a split brain: there was one. Without it nothing that it says about one is worth anything. */
export const twoActiveSeen: Check = {
  name: 'two-active-seen',
  judge({ tenures, events }: RunRecord): Judgement {
    const replicas = tenures.filter((tenure) => tenure.of === 'replica');
    const overlaps = replicas.flatMap((a) =>
      replicas
        .filter((b) => b.node !== a.node && b.subject === a.subject && a.fromMs <= b.fromMs)
        .map((b) => ({ a, b, ms: Math.min(a.toMs, b.toMs) - b.fromMs })),
    );
    const worst = overlaps.sort((one, other) => other.ms - one.ms).at(0);
    if (worst === undefined || worst.ms <= overlapToleranceMs)
      return {
        verdict: 'unknown',
        message: 'no two nodes held the primary replica at once: there was no split brain to look at',
      };
    const seen = events.find((event) => event.kind === 'both-active');
    return {
      verdict: 'pass',
      message:
        `${worst.a.node} and ${worst.b.node} both held the primary replica for ${(worst.ms / 1000).toFixed(1)} s` +
        (seen === undefined ? '' : `; ${seen.text}, as they said themselves`),
    };
  },
};
