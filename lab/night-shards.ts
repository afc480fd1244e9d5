import { UsageError } from './errors.ts';
import { inOrderOfPlan, type Night } from './night.ts';

/** The id that the shards of a night have in common: `night-20261122T010000Z` of `night-20261122T010000Z-1of3`. */
export function wholeNightId({ id, shard }: Pick<Night, 'id' | 'shard'>): string {
  const suffix = shard === null ? '' : `-${String(shard.index)}of${String(shard.of)}`;
  return id.endsWith(suffix) ? id.slice(0, id.length - suffix.length) : id;
}

/**
 * One night out of its shards, as it would be had one machine run it all. Where a shard is missing its cells are not known: the
 * night says so in `leftOut`, and never ended. Cells are in the order of their keys, attempts in that of cells and repeats, so
 * that it does not show how they were spread.
 * @param shards of one night: with the same `wholeNightId`
 * @throws UsageError for shards that were not cut from the same night
 */
export function joinShards(shards: readonly Night[]): Night {
  const [first] = shards;
  const of = first?.shard?.of;
  if (first === undefined || of === undefined) throw new UsageError('there is no shard to join');
  for (const shard of shards) ensureFits(first, shard);
  const byIndex = new Map<number, Night>();
  for (const shard of shards) {
    const index = shard.shard?.index ?? 0;
    if (byIndex.has(index))
      throw new UsageError(
        `shard ${String(index)} of ${String(of)} of ${wholeNightId(first)} is there twice`,
      );
    byIndex.set(index, shard);
  }
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !byIndex.has(index));
  const cells = shards.flatMap((shard) => shard.cells).sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const [i, { key }] of cells.entries())
    if (cells[i + 1]?.key === key)
      throw new UsageError(
        `${key} is in two shards of ${wholeNightId(first)}`,
        'all shards of a night are cut from the same nightly.yaml by the same release of lab',
      );
  const ended = shards.flatMap(({ endedAt }) => endedAt ?? []).sort();
  return {
    ...first,
    id: wholeNightId(first),
    startedAt: shards.map(({ startedAt }) => startedAt).reduce((a, b) => (a < b ? a : b)),
    endedAt: missing.length === 0 && ended.length === shards.length ? (ended.at(-1) ?? null) : null,
    hostClass: [...new Set(shards.map(({ hostClass }) => hostClass))].sort().join(' + '),
    shard: null,
    cells,
    attempts: inOrderOfPlan(
      cells,
      shards.flatMap((shard) => shard.attempts),
    ),
    leftOut: [
      ...shards.flatMap(({ leftOut }) => leftOut),
      ...missing.map((index) => ({
        cell: `shard ${String(index)} of ${String(of)}`,
        repeats: 1,
        why: 'its results folder was not among those that were merged',
      })),
    ],
  };
}

/** @throws UsageError */
function ensureFits(first: Night, other: Night): void {
  const facts = (night: Night): Record<string, string> => ({
    'number of shards': String(night.shard?.of ?? 1),
    seed: String(night.seed),
    provider: night.provider,
  });
  const theirs = facts(other);
  for (const [name, value] of Object.entries(facts(first)))
    if (value !== theirs[name])
      throw new UsageError(
        `${first.id} and ${other.id} do not fit together: their ${name} is ${value} and ${theirs[name] ?? ''}`,
        'all shards of a night are cut from the same nightly.yaml, with the same --shard i/n',
      );
}
