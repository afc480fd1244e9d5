import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { hostNowMs } from '../lab/clock.ts';
import type { Progress } from '../lab/progress.ts';
import { silent } from '../lab/progress.ts';
import { qemuProvider } from '../lab/providers/qemu.ts';
import { parseRecord } from '../lab/record.ts';
import { up } from '../lab/run.ts';
import type { LabSpec } from '../lab/run/spec.ts';
import { resolveSettings } from '../lab/settings.ts';
import { heartbeatSarge } from '../provisioners/heartbeat-sarge.ts';
import type { BenchRow } from './row.ts';
import { measureFreezes } from './stall-meter.ts';

const command = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'lab.js');

/** A lab of its own in a temporary folder, ended and removed whatever happens. */
export async function withWorkFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-bench-'));
  try {
    return await work(folder);
  } finally {
    await lab(folder, ['down', 'heartbeat-sarge', '--purge']);
    await rm(folder, { recursive: true, force: true });
  }
}

export async function lab(
  folder: string,
  args: readonly string[],
): Promise<{ seconds: number; stdout: string }> {
  const startedMs = hostNowMs();
  const result = await execa(process.execPath, [command, ...args], {
    cwd: folder,
    env: { LAB_PROVIDER: 'qemu' },
    reject: false,
    stdin: 'ignore',
    timeout: 20 * 60_000,
    maxBuffer: 100_000_000,
  });
  if (result.exitCode !== 0)
    process.stderr.write(`lab ${args.join(' ')}: ${String(result.exitCode)}\n${result.stderr}\n`);
  return { seconds: (hostNowMs() - startedMs) / 1000, stdout: result.stdout };
}

/** Times of the whole command, as a user waits for it. */
export async function benchLabs(): Promise<BenchRow[]> {
  return await withWorkFolder(async (folder) => {
    await lab(folder, ['up', 'heartbeat-sarge']);
    const cold = await lab(folder, ['up', 'heartbeat-sarge', '--fresh']);
    const warm: number[] = [];
    for (let run = 0; run < 5; run++) {
      await lab(folder, ['down']);
      warm.push((await lab(folder, ['up', 'heartbeat-sarge'])).seconds);
    }
    const overheads: number[] = [];
    for (let run = 0; run < 2; run++) {
      const { seconds, stdout } = await lab(folder, ['scenario', 'hard-halt', '--keep', '--json']);
      const [json] = JSON.parse(stdout) as unknown[];
      const record = parseRecord(JSON.stringify(json), 'the benchmark');
      const broken = record.windows.reduce((sum, window) => sum + window.endMs - window.startMs, 0) / 1000;
      overheads.push(seconds - broken);
    }
    return [
      timed('lab up, from the cached base', [cold.seconds], 90),
      timed('lab up, frozen', warm, 5),
      timed('hard-halt: wall time beside fault and recovery', overheads, 15),
    ];
  });
}

/** A server that stands still for ten seconds must not be declared dead meanwhile. */
const patient = { deadtime: '60', initdead: '60' };

/** Ten freezes each of 1, 3 and 10 s of the active server, as the stall meter sees them. */
export async function benchStallMeter(): Promise<BenchRow[]> {
  return await withWorkFolder(async (folder) => {
    const home = join(folder, '.lab');
    const settings = resolveSettings(heartbeatSarge, 'current', patient);
    const spec: LabSpec = {
      home,
      name: 'heartbeat-sarge',
      stack: heartbeatSarge,
      edition: 'current',
      settings,
      provider: qemuProvider({ home }),
    };
    const quiet: Progress = silent;
    const outcome = await up(spec, quiet, new AbortController().signal);
    try {
      const rows: BenchRow[] = [];
      for (const freezeMs of [1000, 3000, 10_000]) {
        const freezes = await measureFreezes(
          outcome.lab,
          heartbeatSarge,
          settings,
          Array<number>(10).fill(freezeMs),
        );
        const errors = freezes.map((freeze) => freeze.errorMs).sort((a, b) => a - b);
        const within = errors.filter((error) => Math.abs(error) <= 20).length;
        rows.push({
          what: `stall meter, server frozen for ${(freezeMs / 1000).toFixed(3)} s, ten times`,
          measured: `error median ${median(errors).toFixed(1)} ms, from ${(errors[0] ?? NaN).toFixed(1)} to ${(errors.at(-1) ?? NaN).toFixed(1)} ms`,
          goal: 'within 20 ms, 10 of 10',
          ratio: `${String(within)} of 10`,
        });
      }
      return rows;
    } finally {
      outcome.lab.close();
    }
  });
}

function timed(what: string, seconds: readonly number[], goalSeconds: number): BenchRow {
  const sorted = [...seconds].sort((a, b) => a - b);
  const spread =
    sorted.length === 1
      ? ''
      : ` (${(sorted[0] ?? NaN).toFixed(1)} to ${(sorted.at(-1) ?? NaN).toFixed(1)}, ${String(sorted.length)} runs)`;
  return {
    what,
    measured: `${median(sorted).toFixed(1)} s${spread}`,
    goal: `at most ${String(goalSeconds)} s`,
    ratio: (median(sorted) / goalSeconds).toFixed(2),
  };
}

export function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2;
}
