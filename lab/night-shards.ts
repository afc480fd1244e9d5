import { UsageError } from './errors.ts';
import { inOrderOfPlan, type Night } from './night.ts';

/** The id that the shards of a night have in common: `night-20261122T010000Z` of `night-20261122T010000Z-1of3`. */
export function wholeNightId({ id, shard }: Pick<Night, 'id' | 'shard'>): string {
  const suffix = shard === null ? '' : `-${String(shard.index)}of${String(shard.of)}`;
  return id.endsWith(suffix) ? id.slice(0, id.length - suffix.length) : id;
}

/**
 * Which shards are of the same night. Those that ran on one machine each began when it was ready, so their ids differ; what they
 * have in common is the seed that all of them were given.
 * @throws UsageError for shards that cannot be of one night, and are of no other
 */
export function nightsOfShards(shards: readonly Night[]): Night[][] {
  const bySeed = grouped(shards, (night) => Object.values(commonFacts(night)).join(' '));
  const groups = bySeed.flatMap((group) =>
    // A seed that stands in nightly.yaml is that of every night.
    isUnambiguous(group) ? [group] : grouped(group, wholeNightId),
  );
  for (const [i, group] of groups.entries())
    for (const other of groups.slice(i + 1)) {
      const [a, b] = [group[0], other[0]];
      if (a === undefined || b === undefined) continue;
      const oneId = wholeNightId(a) === wholeNightId(b);
      const halves = a.shard?.of === b.shard?.of && isUnambiguous([...group, ...other]);
      if (oneId || halves) ensureFits(a, b);
    }
  return groups;
}

function grouped(nights: readonly Night[], keyOf: (night: Night) => string): Night[][] {
  const groups = new Map<string, Night[]>();
  for (const night of nights) groups.set(keyOf(night), [...(groups.get(keyOf(night)) ?? []), night]);
  return [...groups.values()];
}

/** No shard of them is there twice. */
function isUnambiguous(shards: readonly Night[]): boolean {
  return new Set(shards.map(({ shard }) => shard?.index)).size === shards.length;
}

/**
 * One night out of its shards, as it would be had one machine run it all; it is called like the first of them. Where a shard is
 * missing its cells are not known: the night says so in `leftOut`, and never ended. Cells are in the order of their keys, attempts
 * in that of cells and repeats, so that it does not show how they were spread.
 * @throws UsageError for shards that were not cut from the same night
 */
export function joinShards(given: readonly Night[]): Night {
  const shards = [...given].sort((a, b) => (a.shard?.index ?? 0) - (b.shard?.index ?? 0));
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

/** What all shards of a night have in common. */
function commonFacts(night: Night): Record<string, string> {
  return {
    'number of shards': String(night.shard?.of ?? 1),
    seed: String(night.seed),
    provider: night.provider,
  };
}

/** @throws UsageError */
function ensureFits(first: Night, other: Night): void {
  const theirs = commonFacts(other);
  for (const [name, value] of Object.entries(commonFacts(first)))
    if (value !== theirs[name])
      throw new UsageError(
        `${first.id} and ${other.id} do not fit together: their ${name} is ${value} and ${theirs[name] ?? ''}`,
        'all shards of a night are cut from the same nightly.yaml, with the same --seed',
      );
}
