import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { stacks } from '../../lab/cli/registry.ts';

const folder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Titles of the tests that a suite would run, with those of what they belong to. */
async function testsOf(config: string): Promise<string[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'lab-dry-'));
  try {
    const { stdout } = await execa(
      join(folder, 'node_modules', '.bin', 'mocha'),
      ['--config', config, '--dry-run', '--reporter', 'json'],
      { cwd: folder, env: { TMPDIR: scratch }, timeout: 60_000 },
    );
    const { tests } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { tests: { fullTitle: string }[] };
    return tests.map((test) => test.fullTitle);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const passing = (titles: readonly string[]): string[] =>
  titles.filter((title) => title.includes(' passes hard-halt')).map((title) => title.split(',')[0] ?? '');

describe('the suites on real machines', () => {
  it('run hard-halt on every stack, with npm run test:stacks', async () => {
    expect(passing(await testsOf('.mocharc.stacks.json'))).to.have.members(stacks.map(({ name }) => name));
  }).timeout(60_000);

  it('run hard-halt on two stacks, with npm test', async () => {
    const titles = await testsOf('.mocharc.e2e.json');
    expect(passing(titles)).to.deep.equal(['pacemaker-centos7']);
    expect(titles.filter((title) => title.includes('hard-halt --stack heartbeat-sarge'))).not.to.be.empty;
  }).timeout(60_000);
});
