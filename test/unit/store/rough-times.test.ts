import { spawn, type ChildProcess } from 'node:child_process';
import { expect } from 'chai';
import { execaSync } from 'execa';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../lab/store/open-store.ts';
import { smallRecord } from '../../fixtures/runs.ts';

const writer = join(import.meta.dirname, '../../fixtures/store-writer.ts');

/** A process that keeps runs in the folder as soon as it is told to. */
async function startWriter(
  argv: readonly string[],
  folder: string,
  name: string,
  count: number,
): Promise<ChildProcess> {
  const command = [...argv, process.execPath, '--import', 'tsx', writer, folder, name, String(count)];
  const child = spawn('env', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

/** Tells it, and gives what it says until it ends. */
async function letGo(child: ChildProcess): Promise<string[]> {
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdin?.write('go');
  await once(child, 'close');
  return said.trim().split('\n');
}

/** A process whose files end there: what it writes beyond fails with EFBIG, in the middle of a file, as on a full disk with ENOSPC. */
function fileLimit(bytes: number): string[] {
  return ['prlimit', `--fsize=${String(bytes)}`];
}

describe('a results folder in rough times', function () {
  this.timeout(60_000);
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lab-store-test-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const writers = async (...each: Parameters<typeof startWriter>[]): Promise<ChildProcess[]> => {
    const started = await Promise.all(each.map((args) => startWriter(...args)));
    children.push(...started);
    return started;
  };
  const names = async (): Promise<string[]> => (await openStore(folder).summaries()).map(({ id }) => id);

  it('has every run of two processes that keep at the same time, each once and in the order of its writer', async () => {
    const count = 12;
    const both = await writers([[], folder, 'a', count], [[], folder, 'b', count]);
    const said = await Promise.all(both.map(letGo));
    expect(said.flat()).to.deep.equal(Array.from({ length: 2 * count }, () => 'kept'));
    const lines = readFileSync(join(folder, 'index.jsonl'), 'utf8').trim().split('\n');
    const sequences = lines.map((line) => (JSON.parse(line) as { sequence: number }).sequence);
    expect(sequences).to.deep.equal(Array.from({ length: 2 * count }, (_, i) => i + 1));
    const found = await names();
    for (const name of ['a', 'b'])
      expect(found.filter((id) => id.startsWith(name))).to.deep.equal(
        Array.from({ length: count }, (_, i) => `${name}-${String(i)}`),
      );
    expect(readdirSync(folder).filter((name) => name.includes('lock') || name.startsWith('.'))).to.deep.equal(
      [],
    );
  });

  it('has whole runs only after kill -9 of a writer, and goes on', async () => {
    const [child] = await writers([[], folder, 'a', 1000]);
    if (child === undefined) throw new Error('no writer');
    const over = letGo(child);
    while (!readdirSync(folder).includes('a-3')) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGKILL');
    await over;
    const store = openStore(folder);
    const { runs, setAside } = await store.read();
    expect(setAside).to.deep.equal([]);
    expect(runs.map(({ id }) => id)).to.deep.equal(runs.map((_, i) => `a-${String(i)}`));
    for (const { id } of runs) expect((await store.readRecord(id)).id).to.equal(id);
    await store.keep(smallRecord({ id: 'after' }));
    expect((await names()).at(-1)).to.equal('after');
  });

  it('shows no half of a run that a file system refused in the middle of a file, and says so', async () => {
    await openStore(folder).keep(smallRecord({ id: 'before' }));
    const [child] = await writers([fileLimit(2048), folder, 'a', 1]);
    if (child === undefined) throw new Error('no writer');
    const [said] = await letGo(child);
    expect(said).to.match(
      /^HostError: the run a-0 \(pass, stall 28\.4 s\) cannot be kept in .*: EFBIG: file too large/,
    );
    expect(readdirSync(folder).sort()).to.deep.equal(['before', 'index.jsonl']);
    expect(await names()).to.deep.equal(['before']);
  });

  it('keeps a run for which the index has no room: the next one who reads makes that good', async () => {
    for (let i = 0; i < 30; i++) await openStore(folder).keep(smallRecord({ id: `before-${String(i)}` }));
    const whole = readFileSync(join(folder, 'index.jsonl'), 'utf8');
    const [child] = await writers([fileLimit(whole.length + 100), folder, 'a', 2]);
    if (child === undefined) throw new Error('no writer');
    for (const line of await letGo(child))
      expect(line).to.match(/^the run is kept, but not in the index yet: EFBIG/);
    expect(readFileSync(join(folder, 'index.jsonl'), 'utf8')).to.equal(whole);
    expect((await names()).slice(-2)).to.deep.equal(['a-0', 'a-1']);
    expect(readFileSync(join(folder, 'index.jsonl'), 'utf8')).to.match(/^\{"sequence":32,"id":"a-1",/m);
  });

  /** A disk of 256 KiB, in a mount namespace that goes with the process. */
  const smallDisk = ['unshare', '--map-root-user', '--mount', 'sh', '-c'];
  const canMount =
    execaSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs lab /mnt'], {
      reject: false,
    }).exitCode === 0;
  if (canMount)
    it('fills a real disk to the last whole run, and says of each further one that it cannot be kept', async () => {
      const script = `mount -t tmpfs -o size=256k lab "$1" && shift && "$@"; status=$?; tar -C "$LAB_DISK" -cf "$LAB_COPY" .; exit $status`;
      const copy = mkdtempSync(join(tmpdir(), 'lab-store-copy-'));
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      process.env['LAB_DISK'] = disk;
      process.env['LAB_COPY'] = join(copy, 'disk.tar');
      try {
        const [child] = await writers([[...smallDisk, script, 'sh', disk], disk, 'a', 40]);
        if (child === undefined) throw new Error('no writer');
        const said = await letGo(child);
        const kept = said.filter((line) => !line.startsWith('HostError')).length;
        expect(said).to.have.length(40);
        expect(kept).to.be.within(3, 30);
        expect(said.at(-1)).to.match(
          /^HostError: the run a-39 .* cannot be kept in .*: ENOSPC: no space left/,
        );
        execaSync('tar', ['-C', copy, '-xf', join(copy, 'disk.tar')]);
        const { runs, setAside } = await openStore(copy).read();
        expect(setAside).to.deep.equal([]);
        expect(runs.map(({ id }) => id)).to.deep.equal(
          readdirSync(copy)
            .filter((name) => name.startsWith('a-'))
            .sort(byNumber),
        );
        expect(runs.length).to.equal(kept);
        for (const { id } of runs) expect((await openStore(copy).readRecord(id)).id).to.equal(id);
      } finally {
        delete process.env['LAB_DISK'];
        delete process.env['LAB_COPY'];
        rmSync(copy, { recursive: true });
      }
    });
});

function byNumber(a: string, b: string): number {
  return Number(a.slice(2)) - Number(b.slice(2));
}
