import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { holdLock } from '../../../../lab/lock.ts';
import { removeCacheLeftovers } from '../../../../lab/providers/qemu/leftovers.ts';

describe('what killed builders left in the cache', () => {
  let cache: string;
  let before: string | undefined;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'lab-leftovers-'));
    before = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = cache;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    rmSync(cache, { recursive: true });
  });
  const folder = (...parts: string[]): string => {
    const path = join(cache, 'lab', ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  };

  it('is removed, and finished images and bases stay', async () => {
    const gone = [folder('images', 'building-abc123-xYz'), folder('bases', 'booting-def456-xYz')];
    const kept = [folder('images', 'abc123-build'), folder('bases', 'def456')];
    await removeCacheLeftovers();
    expect(gone.filter((path) => existsSync(path))).to.deep.equal([]);
    expect(kept.filter((path) => !existsSync(path))).to.deep.equal([]);
  });

  it('stays while a living process holds its lock', async () => {
    const inUse = folder('images', 'building-abc123-xYz');
    const lock = await holdLock(join(cache, 'lab', 'images', 'abc123.lock'), 'building');
    try {
      await removeCacheLeftovers();
      expect(existsSync(inUse)).to.equal(true);
    } finally {
      await lock.release();
    }
    await removeCacheLeftovers();
    expect(existsSync(inUse)).to.equal(false);
  });

  it('is nothing where there is no cache', async () => {
    await removeCacheLeftovers();
  });
});
