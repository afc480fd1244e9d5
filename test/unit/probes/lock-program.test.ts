import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseLockLine } from '../../../lab/probes/lock-clients.ts';
import { lockContenderProgram, lockHolderProgram } from '../../../lab/probes/lock-program.ts';
import { eventually } from '../../fakes/failure.ts';

interface Program {
  child: ChildProcessWithoutNullStreams;
  lines: string[];
  results: () => string[];
  end: () => Promise<number | null>;
}

describe('the programs that hold a lock and try to get it', () => {
  let folder: string;
  const running: ChildProcessWithoutNullStreams[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-lock-test-'));
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  function start(program: string, path: string, everyMs = 60_000): Program {
    const child = spawn('perl', ['-e', program, 'sv01', path, String(everyMs), '60']);
    running.push(child);
    const lines: string[] = [];
    let rest = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
    const exit = once(child, 'exit') as Promise<[number | null]>;
    return {
      child,
      lines,
      results: () => lines.flatMap((line) => parseLockLine(line)?.result ?? []),
      end: async () => {
        child.stdin.end();
        return (await exit)[0];
      },
    };
  }

  it('refuse each other, and agree when it is given back', async () => {
    const path = join(folder, 'lock');
    const holder = start(lockHolderProgram, path);
    await eventually('it is held', () => holder.results().length === 1);
    expect(holder.lines[0]).to.equal('M ');
    expect(parseLockLine(holder.lines[1] ?? '')).to.deep.include({ what: 'H', result: '-' });
    const contender = start(lockContenderProgram, path);
    await eventually('a try', () => contender.results().length === 1);
    contender.child.stdin.write('try\n');
    await eventually('another try', () => contender.results().length === 2);
    holder.child.stdin.write('release\n');
    await eventually('it is given back', () => holder.results().length === 2);
    expect(parseLockLine(holder.lines[2] ?? '')).to.deep.include({ what: 'R', result: '-' });
    contender.child.stdin.write('try\ntry\n');
    await eventually('two more tries', () => contender.results().length === 4);
    expect(contender.results()).to.deep.equal(['refused', 'refused', 'granted', 'granted']);
    expect([await holder.end(), await contender.end()]).to.deep.equal([0, 0]);
  });

  it('catch a lock that was lost: the holder does not notice, the other one gets it', async () => {
    const path = join(folder, 'lock');
    const holder = start(lockHolderProgram, path);
    await eventually('it is held', () => holder.results().length === 1);
    rmSync(path);
    start(lockHolderProgram, path).child.stdin.end();
    await eventually('a new file', () => running[1]?.exitCode === 0);
    const contender = start(lockContenderProgram, path, 20);
    await eventually('tries', () => contender.results().length >= 2);
    expect(contender.results().slice(0, 2)).to.deep.equal(['granted', 'granted']);
  });

  it('tell an errno where there is no such file, and end when they cannot lock', async () => {
    const contender = start(lockContenderProgram, join(folder, 'gone'));
    await eventually('a try', () => contender.results().length === 1);
    expect(contender.results()).to.deep.equal(['ENOENT']);
    const holder = start(lockHolderProgram, join(folder, 'gone', 'lock'));
    await eventually('it ended', () => holder.child.exitCode === 0);
    expect(holder.results()).to.deep.equal(['ENOENT']);
  });
});

describe('a line of theirs', () => {
  it('is read', () => {
    expect(parseLockLine('T 10.500 12.000 refused')).to.deep.equal({
      what: 'T',
      startMs: 10.5,
      endMs: 12,
      result: 'refused',
    });
  });

  it('is nothing else', () => {
    for (const line of ['', 'M rw,nolock', 'T 1.0 2.0 fine', 'X 1.0 2.0 -', 'T 1.0 refused'])
      expect(parseLockLine(line), line).to.equal(undefined);
  });
});
