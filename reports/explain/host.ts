import type { RunRecord, Window } from '../../lab/record.ts';
import { percent, shortSeconds } from '../figures.ts';
import { times } from './words.ts';

/** Shares below this are usual on a shared host. */
const notableShare = 0.05;

/** Who was kept from its processor while clients waited: that time is not the cluster's. */
export function hostSentences(window: Window, { load }: RunRecord): string[] {
  const stall = window.stalls.find((each) => each.client === window.worst);
  if (load === null || stall === undefined) return [];
  const { startMs, endMs } = stall;
  const late = load.late.filter((wake) => wake.atMs > startMs && wake.atMs - wake.lateMs < endMs);
  const sentences = [...new Set(late.map((wake) => wake.of))].map((of) => {
    const own = late.filter((wake) => wake.of === of);
    const longest = own.reduce((most, wake) => Math.max(most, wake.lateMs), 0);
    return `${of} was kept from its processor ${times(own.length)}, for ${shortSeconds(longest / 1000)} at worst.`;
  });
  const most = (stretches: readonly { fromMs: number; toMs: number; share: number }[]): number =>
    stretches
      .filter((stretch) => stretch.toMs > startMs && stretch.fromMs < endMs)
      .reduce((worst, stretch) => Math.max(worst, stretch.share), 0);
  const steal = most(load.steal);
  if (steal > notableShare)
    sentences.push(
      `The hypervisor of this host kept up to ${percent(steal)} of the processor time from it for some seconds.`,
    );
  const others = most((load.others ?? []).filter(({ idle }) => idle < notableShare));
  if (others > notableShare)
    sentences.push(
      `Other programs of this host took up to ${percent(others)} of its processor time for some seconds, and none was idle.`,
    );
  return sentences;
}
