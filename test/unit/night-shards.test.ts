import { expect } from 'chai';
import { joinShards, nightsOfShards, wholeNightId } from '../../lab/night-shards.ts';
import { inOrderOfPlan, Night } from '../../lab/night.ts';
import { nightOf } from '../fixtures/night-folders.ts';

const id = 'night-20261122T010000Z';

function shard(index: number, of: number, stack: string, changes: Partial<Night> = {}): Night {
  const runs = ['link-cut', 'hard-halt'].map((scenario) => ({ stack, scenario, stallSeconds: 20 }));
  return nightOf(runs, { id: `${id}-${String(index)}of${String(of)}`, shard: { index, of }, ...changes })
    .night;
}

describe('the shards of a night', () => {
  it('have the id of the whole in common', () => {
    expect(wholeNightId({ id: `${id}-2of3`, shard: { index: 2, of: 3 } })).to.equal(id);
    expect(wholeNightId({ id: `${id}-2of3`, shard: { index: 2, of: 4 } })).to.equal(`${id}-2of3`);
    expect(wholeNightId({ id, shard: null })).to.equal(id);
  });

  it('are one night, in an order that does not show how they were spread', () => {
    const parts = [
      shard(1, 2, 'b'),
      shard(2, 2, 'a', { startedAt: '2026-11-22T00:59:00.000Z', endedAt: '2026-11-22T06:00:00.000Z' }),
    ];
    const joined = joinShards(parts);
    expect(joined).to.deep.equal(joinShards([...parts].reverse()));
    expect(Night.parse(joined)).to.deep.equal(joined);
    expect(joined.cells.map(({ key }) => key)).to.deep.equal([
      'a/hard-halt',
      'a/link-cut',
      'b/hard-halt',
      'b/link-cut',
    ]);
    expect(joined.attempts.map(({ cell }) => cell)).to.deep.equal(joined.cells.map(({ key }) => key));
    expect(joined).to.include({
      id,
      shard: null,
      startedAt: '2026-11-22T00:59:00.000Z',
      endedAt: '2026-11-22T06:00:00.000Z',
      hostClass: parts[0]?.hostClass,
    });
    expect(joined.leftOut).to.deep.equal([]);
  });

  it('say what they left out, and that one of them never ended', () => {
    const left = { cell: 'a/hard-halt', repeats: 2, why: 'the budget was used up' };
    const joined = joinShards([shard(1, 2, 'a', { leftOut: [left] }), shard(2, 2, 'b', { endedAt: null })]);
    expect(joined.leftOut).to.deep.equal([left]);
    expect(joined.endedAt).to.equal(null);
  });

  it('that are not all there make a night that is not whole, and says so', () => {
    const joined = joinShards([shard(1, 3, 'a'), shard(3, 3, 'c')]);
    expect(joined.endedAt).to.equal(null);
    expect(joined.leftOut).to.deep.equal([
      { cell: 'shard 2 of 3', repeats: 1, why: 'its results folder was not among those that were merged' },
    ]);
  });

  it('name every kind of host that they ran on', () => {
    const joined = joinShards([
      shard(1, 2, 'a', { hostClass: 'tcg / B / 2 cores' }),
      shard(2, 2, 'b', { hostClass: 'kvm / A / 4 cores' }),
    ]);
    expect(joined.hostClass).to.equal('kvm / A / 4 cores + tcg / B / 2 cores');
  });

  it('are found by the seed that they have in common, whenever each of them began', () => {
    const of = (index: number, seed: number, time: string): Night =>
      shard(index, 2, 'a', { seed, id: `night-${time}-${String(index)}of2` });
    const [a1, a2, b1, b2] = [of(1, 5, 't1'), of(2, 5, 't2'), of(1, 6, 't3'), of(2, 6, 't4')];
    expect(nightsOfShards([a1, b2, a2, b1])).to.deep.equal([
      [a1, a2],
      [b2, b1],
    ]);
    expect(nightsOfShards([a1, b1])).to.deep.equal([[a1], [b1]]);
    // The same seed every night: then their ids have to tell.
    const [c1, c2, d1] = [of(1, 5, 't1'), of(2, 5, 't1'), of(1, 5, 't2')];
    expect(nightsOfShards([c1, d1, c2])).to.deep.equal([[c1, c2], [d1]]);
    expect(nightsOfShards([])).to.deep.equal([]);
  });

  it('that have no other half are not taken for two nights', () => {
    const halves = [
      shard(1, 2, 'a', { seed: 5, id: 'night-t1-1of2' }),
      shard(2, 2, 'b', { seed: 6, id: 'night-t2-2of2' }),
    ];
    expect(() => nightsOfShards(halves)).to.throw('their seed is 5 and 6');
    const oneId = [shard(1, 2, 'a'), shard(2, 3, 'b')];
    expect(() => nightsOfShards(oneId)).to.throw('their number of shards is 2 and 3');
  });

  it('that do not fit together are refused, with what differs', () => {
    const wrong: [Night[], string][] = [
      [[shard(1, 2, 'a'), shard(2, 2, 'b', { seed: 8 })], 'their seed is 7 and 8'],
      [[shard(1, 2, 'a'), shard(2, 2, 'b', { provider: 'libvirt' })], 'their provider is qemu and libvirt'],
      [[shard(1, 2, 'a'), shard(2, 3, 'b')], 'their number of shards is 2 and 3'],
      [[shard(1, 2, 'a'), shard(1, 2, 'b')], `shard 1 of 2 of ${id} is there twice`],
      [[shard(1, 2, 'a'), shard(2, 2, 'a')], `a/hard-halt is in two shards of ${id}`],
      [[], 'there is no shard to join'],
    ];
    for (const [shards, message] of wrong) expect(() => joinShards(shards)).to.throw(message);
  });
});

describe('attempts in the order of the plan', () => {
  it('go by cell, repeat and try, those of unknown cells last', () => {
    const attempt = (cell: string, repeat: number, tried: number) => ({
      cell,
      repeat,
      attempt: tried,
      run: `${cell}-${String(repeat)}-${String(tried)}`,
      outcome: 'measured' as const,
    });
    const shuffled = [
      attempt('x', 1, 1),
      attempt('b', 2, 1),
      attempt('b', 1, 2),
      attempt('a', 1, 1),
      attempt('b', 1, 1),
    ];
    const ordered = inOrderOfPlan([{ key: 'b' }, { key: 'a' }], shuffled);
    expect(ordered.map(({ run }) => run)).to.deep.equal(['b-1-1', 'b-1-2', 'b-2-1', 'a-1-1', 'x-1-1']);
  });
});

describe('the ids of a night', () => {
  it('are names of folders: nothing that leads elsewhere is one', () => {
    const { night } = nightOf([{ stack: 'a', scenario: 'b', stallSeconds: 1 }]);
    expect(Night.safeParse(night).success).to.equal(true);
    for (const bad of ['../x', 'a/b', '..', '.hidden', '', '/etc', 'a\0b', 'a b', 'x\n']) {
      expect(Night.safeParse({ ...night, id: bad }).success, JSON.stringify(bad)).to.equal(false);
      const attempts = night.attempts.map((attempt) => ({ ...attempt, run: bad }));
      expect(Night.safeParse({ ...night, attempts }).success, JSON.stringify(bad)).to.equal(false);
    }
  });
});
