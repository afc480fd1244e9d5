import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { stacks } from '../../lab/cli/registry.ts';

const folder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Titles of the tests that the suite would run, with those of what they belong to. */
async function testTitles(): Promise<string[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'lab-dry-'));
  try {
    const { stdout } = await execa(
      join(folder, 'node_modules', '.bin', 'mocha'),
      ['--config', '.mocharc.stacks.json', '--dry-run', '--reporter', 'json'],
      { cwd: folder, env: { TMPDIR: scratch }, timeout: 60_000 },
    );
    const { tests } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { tests: { fullTitle: string }[] };
    return tests.map((test) => test.fullTitle);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Those that run as they are, without a setting. */
const stacksOf = (titles: readonly string[]): string[] =>
  titles.flatMap((title) => /^(\S+), from nothing passes hard-halt/.exec(title)?.[1] ?? []);

describe('npm run test:stacks', () => {
  it('runs hard-halt on every stack', async () => {
    expect(stacksOf(await testTitles())).to.have.members(stacks.map(({ name }) => name));
  }).timeout(60_000);
});
