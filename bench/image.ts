import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx';
import { hostNowMs } from '../lab/clock.ts';
import { debian12 } from '../lab/platforms/debian-12.ts';
import { silent } from '../lab/progress.ts';
import { ensureImage } from '../lab/providers/qemu/image.ts';
import type { BenchRow } from './row.ts';

/** Our image build beside the bare tool with the same packages, in one run, each into an empty folder. Needs root. */
export async function benchImage(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-bench-image-'));
  const kept = process.env['XDG_CACHE_HOME'];
  try {
    const { image } = debian12;
    if (image === undefined) return [];
    const checkDates = (await $`apt-config dump Acquire::Check-Valid-Until`).stdout.includes('"false"')
      ? ['--aptopt=Acquire::Check-Valid-Until "false"']
      : [];
    const bareMs = await timeMs(
      () =>
        $({
          quiet: true,
        })`mmdebstrap --variant=minbase ${'--aptopt=APT::Install-Recommends "false"'} ${checkDates} --include=${image.packages.join(',')} ${image.suite} ${join(folder, 'tree')}`,
    );
    process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
    const oursMs = await timeMs(() => ensureImage(debian12, silent, new AbortController().signal));
    return [
      {
        what: 'image build, beside bare mmdebstrap of the same packages',
        measured: `${(oursMs / 1000).toFixed(1)} s against ${(bareMs / 1000).toFixed(1)} s`,
        goal: 'at most 1.3 times',
        ratio: (oursMs / bareMs).toFixed(2),
      },
    ];
  } finally {
    if (kept === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = kept;
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const startedMs = hostNowMs();
  await work();
  return hostNowMs() - startedMs;
}
