import { expect } from 'chai';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { durationsIn } from '../../../lab/cli/durations.ts';
import type { Durations } from '../../../lab/cli/durations.ts';
import { isLively } from '../../../lab/cli/output.ts';
import { drawProgress } from '../../../lab/cli/progress.ts';
import { collector, inFolder } from './run-lab.ts';

const none: Durations = { expectedMs: () => undefined, remember: () => undefined, save: () => undefined };

/** A clock that each test moves by hand. */
function handClock(): { nowMs: () => number; pass: (ms: number) => void } {
  let now = 5000;
  return {
    nowMs: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
}

describe('plain progress', () => {
  it('has a line with the time at each begin and end, indented by nesting', async () => {
    const { stream, text } = collector();
    const clock = handClock();
    const progress = drawProgress({ stream, style: 'plain', durations: none, nowMs: clock.nowMs });
    await progress.step('build', (inner) => {
      clock.pass(1500);
      inner.note('a note');
      return inner.step('unpack', () => {
        clock.pass(1000);
        return Promise.resolve();
      });
    });
    progress.end();
    expect(text()).to.equal(
      '[+0.0 s] build\n[+1.5 s]   a note\n[+1.5 s]   unpack\n[+2.5 s]   unpack: done in 1.0 s\n[+2.5 s] build: done in 2.5 s\n',
    );
  });

  it('says how long a step failed after, passes the error on, and learns nothing from it', async () => {
    const { stream, text } = collector();
    const learnt: string[] = [];
    const durations = { ...none, remember: (path: string) => learnt.push(path) };
    const progress = drawProgress({ stream, style: 'plain', durations, nowMs: handClock().nowMs });
    const failure = new Error('no disk');
    const caught: unknown = await progress
      .step('build', () => Promise.reject(failure))
      .catch((error: unknown) => error);
    expect(caught).to.equal(failure);
    expect(text()).to.contain('build: failed after 0.0 s');
    expect(learnt).to.deep.equal([]);
  });
});

describe('live progress', () => {
  it('keeps one line per running step with the elapsed and the expected time', async () => {
    const { stream, text } = collector();
    const clock = handClock();
    const durations = { ...none, expectedMs: (path: string) => (path === 'boot' ? 34_000 : undefined) };
    const progress = drawProgress({ stream, style: 'live', durations, nowMs: clock.nowMs });
    await progress.step('boot', (inner) => {
      clock.pass(12_000);
      inner.note('kernel is up');
      return Promise.resolve();
    });
    progress.end();
    expect(text()).to.contain('boot 12 s of about 34 s');
    expect(stripVTControlCharacters(text())).to.contain('✔ boot 12.0 s');
    const lastDrawing = text().slice(text().lastIndexOf('[0J'));
    expect(lastDrawing).not.to.contain('of about');
  });

  it('never writes a line wider than the terminal', async () => {
    const { stream, text } = collector();
    const narrow = Object.assign(stream, { columns: 30 });
    const progress = drawProgress({
      stream: narrow,
      style: 'live',
      durations: none,
      nowMs: handClock().nowMs,
    });
    let drawn = '';
    await progress.step('a title that is far too long for this terminal', () => {
      drawn = text();
      return Promise.resolve();
    });
    progress.end();
    expect(drawn.length).to.be.greaterThan(10);
    for (const line of drawn.split('\n')) expect(stripVTControlCharacters(line).length).to.be.lessThan(30);
  });
});

describe('colour and animation', () => {
  const terminal = Object.assign(collector().stream, { isTTY: true });

  it('are for a terminal that nobody asked to be plain', () => {
    expect(isLively(terminal, {}, { colour: true })).to.equal(true);
    expect(isLively(terminal, { NO_COLOR: '' }, { colour: true })).to.equal(true);
    expect(isLively(terminal, { NO_COLOR: '1' }, { colour: true })).to.equal(false);
    expect(isLively(terminal, { CI: 'true' }, { colour: true })).to.equal(false);
    expect(isLively(terminal, { TERM: 'dumb' }, { colour: true })).to.equal(false);
    expect(isLively(terminal, {}, { colour: false })).to.equal(false);
    expect(isLively(collector().stream, {}, { colour: true })).to.equal(false);
  });
});

describe('remembered durations', () => {
  it('come back in the next run and keep what another run learnt meanwhile', () =>
    inFolder((folder) => {
      const file = join(folder, 'deep', 'durations.json');
      const first = durationsIn(file);
      const second = durationsIn(file);
      first.remember('boot', 1234.4);
      first.save();
      second.remember('build', 99);
      second.save();
      const third = durationsIn(file);
      expect(third.expectedMs('boot')).to.equal(1234);
      expect(third.expectedMs('build')).to.equal(99);
      expect(third.expectedMs('other')).to.equal(undefined);
    }));

  for (const damage of ['', '{"boot": ', '[]', '{"boot": "long"}'])
    it(`count a damaged file as empty: ${JSON.stringify(damage)}`, () =>
      inFolder(async (folder) => {
        const file = join(folder, 'durations.json');
        await writeFile(file, damage);
        const durations = durationsIn(file);
        expect(durations.expectedMs('boot')).to.equal(undefined);
        durations.remember('boot', 7);
        durations.save();
        expect(JSON.parse(await readFile(file, 'utf8'))).to.deep.equal({ boot: 7 });
      }));

  it('are no reason to fail where the file cannot be written', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'durations.json'));
      const durations = durationsIn(join(folder, 'durations.json'));
      durations.remember('boot', 7);
      durations.save();
      expect(durations.expectedMs('boot')).to.equal(undefined);
    }));
});
