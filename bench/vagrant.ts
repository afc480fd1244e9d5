import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import type { BenchRow } from './row.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const Seconds = z.object({ libvirt: z.number(), cold: z.number(), warm: z.array(z.number()).min(1) });

/**
 * The same stack from the same image on the same host, in one run: through Vagrant and libvirt, and embedded. Needs root and
 * what `npm run test:vagrant` needs.
 */
export async function benchVagrant(): Promise<BenchRow[]> {
  const room = join(folder, '..', 'test', 'vagrant', 'run.ts');
  const inside = join(folder, 'vagrant-inside.ts');
  const { stdout } = await execa(
    process.execPath,
    ['--import', 'tsx', room, '--exec', process.execPath, '--import', 'tsx', inside],
    { stdin: 'ignore', stderr: 'inherit', timeout: 90 * 60_000 },
  );
  const { libvirt, cold, warm } = Seconds.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  const middle = [...warm].sort((a, b) => a - b)[Math.floor(warm.length / 2)] ?? NaN;
  const row = (what: string, seconds: number, times: number): BenchRow => ({
    what: `${what}, beside Vagrant with libvirt`,
    measured: `${seconds.toFixed(1)} s against ${libvirt.toFixed(1)} s`,
    goal: `at least ${String(times)} times faster`,
    ratio: `${(libvirt / seconds).toFixed(1)} x`,
  });
  return [row('lab up, frozen', middle, 40), row('lab up, from the cached base', cold, 2)];
}
