import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { HostError, InterruptedError } from '../../lab/errors.ts';
import { holdLock, lockPurpose } from '../../lab/lock.ts';
import { failureOf } from '../fakes/failure.ts';

const source = pathToFileURL(join(import.meta.dirname, '../../lab/lock.ts')).href;

/** Another process that takes the lock, tells `held` or what kept it from doing so, and keeps it until it is killed. */
function startHolder(file: string): ChildProcess {
  const program = `
    const { holdLock } = await import(${JSON.stringify(source)});
    process.stdin.once('data', async () => {
      try {
        await holdLock(${JSON.stringify(file)}, 'holding it');
        console.log('held');
      } catch (error) {
        console.log(error.message);
      }
    });
    console.log('ready');
    setInterval(() => undefined, 1000);
  `;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function said(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return chunk.toString().trim();
}

describe('a lock', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-lock-test-'));
    file = join(folder, 'lock');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is had by one at a time, who is named to the other, and given back without a trace', async () => {
    const lock = await holdLock(file, 'bringing it up');
    const error = await failureOf(holdLock(file, 'too', { waitMs: 0 }));
    expect(error).to.be.instanceOf(HostError);
    expect(error.message).to.include(`process ${String(process.pid)} is bringing it up`);
    expect(await lockPurpose(file)).to.equal(`bringing it up (process ${String(process.pid)})`);
    await lock.release();
    expect(readdirSync(folder)).to.deep.equal([]);
    expect(await lockPurpose(file)).to.equal(undefined);
  });

  it('waits for its turn', async () => {
    const first = await holdLock(file, 'first');
    const second = holdLock(file, 'second', { waitMs: 900 });
    await first.release();
    await (await second).release();
  });

  it('is interrupted while it waits, and leaves no claim behind', async () => {
    const first = await holdLock(file, 'first');
    const controller = new AbortController();
    const second = failureOf(holdLock(file, 'second', { waitMs: 60_000, signal: controller.signal }));
    controller.abort();
    expect(await second).to.be.instanceOf(InterruptedError);
    await first.release();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is freed by kill -9 of its holder, and of all who want it then one gets it', async function () {
    this.timeout(8000);
    const children = [startHolder(file), startHolder(file)];
    try {
      const [holder, other] = children;
      if (holder === undefined || other === undefined) throw new Error('no children');
      await Promise.all(children.map(said));
      holder.stdin?.write('go\n');
      expect(await said(holder)).to.equal('held');
      other.stdin?.write('go\n');
      expect(await said(other)).to.include(`process ${String(holder.pid)} is holding it`);
      const gone = once(holder, 'exit');
      holder.kill('SIGKILL');
      await gone;
      const takers = Array.from({ length: 12 }, () => holdLock(file, 'taking over', { waitMs: 0 }));
      const results = await Promise.allSettled(takers);
      expect(results.filter((result) => result.status === 'fulfilled')).to.have.length.at.most(1);
      for (const result of results) if (result.status === 'fulfilled') await result.value.release();
      await (await holdLock(file, 'alone')).release();
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  });

  it('is never had by two, however many want it at once', async () => {
    let holders = 0;
    let most = 0;
    let turns = 0;
    const want = async (): Promise<void> => {
      const lock = await holdLock(file, 'one of many', { waitMs: 990 });
      holders += 1;
      most = Math.max(most, holders);
      turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
      await lock.release();
    };
    await Promise.allSettled(Array.from({ length: 8 }, want));
    expect(most).to.equal(1);
    expect(turns).to.be.greaterThan(0);
  });

  it('is not held by a process that merely has the pid of the holder', async () => {
    writeFileSync(`${file}.${String(process.pid)}-1-00000000`, 'what an earlier process did');
    expect(await lockPurpose(file)).to.equal(undefined);
    await (await holdLock(file, 'mine', { waitMs: 0 })).release();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is held by a living process although its claim says nothing yet', async () => {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    writeFileSync(`${file}.${String(process.pid)}-${startTime}-00000000`, '');
    const error = await failureOf(holdLock(file, 'mine', { waitMs: 0 }));
    expect(error.message).to.include('is just taking it');
  });

  it('minds no file that is no claim', async () => {
    for (const name of ['lock', 'lock.', 'lock.x-y-z', 'lock.1', 'unlock.1-1-00000000'])
      writeFileSync(join(folder, name), '');
    await (await holdLock(file, 'mine', { waitMs: 0 })).release();
    expect(readdirSync(folder)).to.have.length(5);
  });

  it('gives back its own claim only', async () => {
    const first = await holdLock(file, 'first');
    await first.release();
    const second = await holdLock(file, 'second');
    await first.release();
    expect(await lockPurpose(file)).to.include('second');
    await second.release();
  });

  it('says why it cannot be taken where there is no folder', async () => {
    const error = await failureOf(holdLock(join(folder, 'none', 'lock'), 'mine'));
    expect(error).to.be.instanceOf(HostError);
    expect(error.message).to.include('ENOENT');
  });
});
