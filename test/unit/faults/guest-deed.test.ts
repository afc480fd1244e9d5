import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { strikeScript, undoScript } from '../../../lab/faults/parts/guest-deed.ts';
import { waitFor } from '../../../lab/wait.ts';

/** The scripts are run by the real shell, in a folder of the test's own. */
describe('a deed inside a node', () => {
  let folder: string;
  let mark: string;
  const sh = (script: string): void => {
    execFileSync('sh', ['-c', script], { stdio: 'ignore', timeout: 8000 });
  };
  const deed = (changes: object = {}): Parameters<typeof strikeScript>[0] => ({
    id: 'break-it',
    strike: `touch ${mark}`,
    undo: `rm -f ${mark}; echo "it's whole" >> ${mark}.undone`,
    ttlMs: 60_000,
    ...changes,
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-deed-'));
    mark = join(folder, 'broken');
  });
  afterEach(() => {
    sh(undoScript('break-it', folder));
    rmSync(folder, { recursive: true, force: true });
  });

  it('stands until it is undone, which is harmless twice', () => {
    sh(strikeScript(deed(), folder));
    expect(existsSync(mark)).to.equal(true);
    sh(undoScript('break-it', folder));
    expect(existsSync(mark)).to.equal(false);
    sh(undoScript('break-it', folder));
    expect(readdirSync(folder)).to.deep.equal(['broken.undone']);
  });

  it('is undone where nothing was ever done, without a word', () => {
    sh(undoScript('break-it', folder));
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('ends by itself after its time to live, with nobody there', async () => {
    sh(strikeScript(deed({ ttlMs: 900 }), folder));
    expect(existsSync(mark)).to.equal(true);
    await waitFor(
      'the timer',
      () =>
        Promise.resolve(
          readdirSync(folder).join() === 'broken.undone'
            ? { done: true, value: true }
            : { done: false, state: readdirSync(folder).join() },
        ),
      { timeoutMs: 5000, everyMs: 50 },
    );
  });

  it('can be undone when it failed halfway: what undoes it was there first', () => {
    expect(() => {
      sh(strikeScript(deed({ strike: `touch ${mark}; false` }), folder));
    }).to.throw();
    expect(existsSync(mark)).to.equal(true);
    sh(undoScript('break-it', folder));
    expect(existsSync(mark)).to.equal(false);
  });

  it('is not undone too early by the timer of one before it, whose runner died', async () => {
    sh(strikeScript(deed({ ttlMs: 900 }), folder));
    sh(strikeScript(deed(), folder));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(existsSync(mark)).to.equal(true);
  });

  it('has a name that is a file name', () => {
    expect(() => strikeScript(deed({ id: 'a; reboot' }))).to.throw(TypeError);
    expect(() => undoScript('../x')).to.throw(TypeError);
  });
});
