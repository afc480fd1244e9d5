import { expect } from 'chai';
import { execa } from 'execa';
import { chmod, copyFile, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inFolder } from './run-lab.ts';

const binFolder = dirname(fileURLToPath(new URL('../../../bin/lab.js', import.meta.url)));

interface Lockfile {
  packages: Record<string, { version: string; dev?: true; optional?: true }>;
}

const wanted: Lockfile = {
  packages: {
    '': { version: '0.0.0' },
    'node_modules/tsx': { version: '4.0.0' },
    'node_modules/chai': { version: '6.0.0', dev: true },
    'node_modules/fsevents': { version: '2.0.0', optional: true },
  },
};

const installed: Lockfile = { packages: { 'node_modules/tsx': { version: '4.0.0' } } };

/** Installs a tsx that does nothing, beside what npm itself would leave. */
const workingNpm = `#!/bin/sh
echo "$@" >> calls
sleep "\${NPM_TAKES:-0}"
mkdir -p node_modules/tsx
echo '{"name":"tsx","type":"module","exports":{"./esm/api":"./api.js"}}' > node_modules/tsx/package.json
echo 'export const register = () => undefined;' > node_modules/tsx/api.js
echo '${JSON.stringify(installed)}' > node_modules/.package-lock.json
`;

const failingNpm = `#!/bin/sh
echo "$@" >> calls
echo "npm ERR! no network" >&2
exit 7
`;

/** A package of which only the start-up is real: its program prints its arguments. */
async function packageIn(folder: string, npm: string | undefined): Promise<{ root: string; path: string }> {
  const root = join(folder, 'the package');
  const path = join(folder, 'path');
  for (const sub of ['bin', 'lab/cli']) await mkdir(join(root, sub), { recursive: true });
  await mkdir(path);
  for (const file of await readdir(binFolder)) await copyFile(join(binFolder, file), join(root, 'bin', file));
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  await writeFile(join(root, 'package-lock.json'), JSON.stringify(wanted));
  await symlink(join(root, 'lab/cli/main.js'), join(root, 'lab/cli/main.ts'));
  await writeFile(
    join(root, 'lab/cli/main.js'),
    'export const main = (argv) => { console.log("started", ...argv); };',
  );
  await symlink(process.execPath, join(path, 'node'));
  for (const program of ['sh', 'mkdir', 'sleep']) await symlink(await which(program), join(path, program));
  if (npm !== undefined) {
    await writeFile(join(path, 'npm'), npm);
    await chmod(join(path, 'npm'), 0o755);
  }
  return { root, path };
}

async function which(program: string): Promise<string> {
  return (await execa('sh', ['-c', `command -v ${program}`])).stdout;
}

function start(at: { root: string; path: string }, env: NodeJS.ProcessEnv = {}) {
  return execa(process.execPath, [join(at.root, 'bin', 'lab.js'), 'list'], {
    env: { PATH: at.path, ...env },
    extendEnv: false,
    reject: false,
  });
}

async function callsOf(root: string): Promise<string[]> {
  return (await readFile(join(root, 'calls'), 'utf8').catch(() => '')).split('\n').slice(0, -1);
}

const install = 'ci --omit=dev --no-audit --no-fund';

describe('the start of lab', () => {
  it('accepts Node 20.19 and newer', async () => {
    const ask = `import { nodeIsNewEnough } from ${JSON.stringify(join(binFolder, 'dependencies.js'))};
      console.log(...['18.20.4', '20.18.9', '20.19.0', '22.1.0', '24.0.0'].map(nodeIsNewEnough));`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', ask]);
    expect(stdout).to.equal('false false true true true');
  });

  it('installs what is missing once, says why, and goes on', () =>
    inFolder(async (folder) => {
      const at = await packageIn(folder, workingNpm);
      const first = await start(at);
      expect(first.stderr).to.contain('installing npm packages (node_modules is not there yet)');
      expect(first).to.include({ stdout: 'started list', exitCode: 0 });
      const second = await start(at);
      expect(second).to.include({ stdout: 'started list', stderr: '' });
      expect(await callsOf(at.root)).to.deep.equal([install]);
    }));

  it('installs again when package-lock.json asks for another version, and keeps development packages', () =>
    inFolder(async (folder) => {
      const at = await packageIn(folder, workingNpm);
      await mkdir(join(at.root, 'node_modules'));
      const older: Lockfile = {
        packages: {
          'node_modules/tsx': { version: '3.9.0' },
          'node_modules/chai': { version: '6.0.0', dev: true },
        },
      };
      await writeFile(join(at.root, 'node_modules', '.package-lock.json'), JSON.stringify(older));
      const { stderr, stdout } = await start(at);
      expect(stderr).to.contain('tsx is 3.9.0, package-lock.json asks for 4.0.0');
      expect(stdout).to.equal('started list');
      expect(await callsOf(at.root)).to.deep.equal(['ci --no-audit --no-fund']);
    }));

  it('ends with 69, the end of the log and a hint when npm fails, and leaves no lock', () =>
    inFolder(async (folder) => {
      const at = await packageIn(folder, failingNpm);
      const { stderr, stdout, exitCode } = await start(at);
      expect(stderr).to.match(/failed \(status 7\)[^]*no network\nhint: see .*\.install\.log/);
      expect(stdout).to.equal('');
      expect(exitCode).to.equal(69);
      expect(await readdir(at.root)).not.to.include('.install.lock');
    }));

  it('ends with 69 where there is no npm', () =>
    inFolder(async (folder) => {
      const { stderr, exitCode } = await start(await packageIn(folder, undefined));
      expect(stderr).to.contain('there is no npm in PATH');
      expect(exitCode).to.equal(69);
    }));

  it('installs once when two start at the same time', () =>
    inFolder(async (folder) => {
      const at = await packageIn(folder, workingNpm);
      const outcomes = await Promise.all([start(at, { NPM_TAKES: '0.7' }), start(at, { NPM_TAKES: '0.7' })]);
      for (const outcome of outcomes) expect(outcome).to.include({ stdout: 'started list', exitCode: 0 });
      expect(await callsOf(at.root)).to.deep.equal([install]);
    }));

  it('takes over the lock of a process that is gone', () =>
    inFolder(async (folder) => {
      const at = await packageIn(folder, workingNpm);
      const gone = await execa('sh', ['-c', 'echo $$']);
      await writeFile(join(at.root, '.install.lock'), `${gone.stdout}\n`);
      const { stdout, exitCode } = await start(at);
      expect({ stdout, exitCode }).to.deep.equal({ stdout: 'started list', exitCode: 0 });
      expect((await readdir(at.root)).filter((name) => name.startsWith('.install.lock'))).to.deep.equal([]);
    }));
});
