import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';

const module = fileURLToPath(new URL('../temporary-folder.ts', import.meta.url));

describe('the temporary folder of a test run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-temporary-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A process that begins as mocha does and then runs this program. */
  async function run(program: string, env: Record<string, string> = {}): Promise<{ stdout: string }> {
    return await execa('node', ['--import', 'tsx', '--import', module, '-e', program], {
      env: { TMPDIR: folder, ...env },
      reject: false,
      extendEnv: false,
      preferLocal: false,
    });
  }

  /** What is there besides the cache of tsx. */
  const left = (): string[] => readdirSync(folder).filter((name) => !/^tsx-\d+$/.test(name));

  const lookAround =
    'const { tmpdir } = require("node:os"); require("node:fs").mkdtempSync(tmpdir() + "/x-"); console.log(tmpdir())';

  it('holds those of its tests, and goes with it, also when it is ended', async () => {
    const { stdout } = await run(lookAround);
    expect(stdout).to.match(new RegExp(`^${folder}/lab-test-\\d+-\\w+$`));
    expect(left()).to.deep.equal([]);
    await run(`${lookAround}; setInterval(() => {}, 1000); process.kill(process.pid, "SIGTERM")`);
    expect(left()).to.deep.equal([]);
  });

  it('goes with the next run when its own was killed, and stays while its own lives', async () => {
    const living = `lab-test-${String(process.pid)}-abc`;
    for (const name of ['lab-test-4194305-abc', living, 'lab-test-x', 'another'])
      mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'lab-test-4194305-abc', 'left'), '');
    await run('');
    expect(left().sort()).to.deep.equal(['another', living, 'lab-test-x'].sort());
  });

  it('is inherited by workers', async () => {
    const { stdout } = await run(lookAround, { LAB_TEST_FOLDER: folder });
    expect(stdout).to.equal(folder);
    expect(left()).to.have.length(1);
  });
});
