import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, type as osType } from 'node:os';
import type { Lab } from '../provider.ts';

/**
 * What tells kinds of host apart, and how busy this one was: call the result at the end of the run.
 * Steal is the share of processor time that a hypervisor kept from this host (proc(5), /proc/stat).
 */
export function hostFacts(lab: Lab): () => Record<string, string> {
  const before = processorTimes();
  return () => {
    const after = processorTimes();
    const total = after.total - before.total;
    const share = (part: number): string =>
      total <= 0 ? 'unknown' : `${((100 * part) / total).toFixed(1)} %`;
    return {
      os: `${osType()} ${release()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: String(cpus().length),
      memoryMib: String(Math.round(totalmem() / 1_048_576)),
      node: process.version,
      loadAverage: loadavg()
        .map((load) => load.toFixed(2))
        .join(' '),
      busy: share(after.busy - before.busy),
      steal: share(after.steal - before.steal),
      frames: lab.network.witness === 'fabric' ? 'seen by the fabric' : 'captured in the guests',
      ...lab.hostFacts,
    };
  };
}

/** Ticks of all processors since the host booted; zeros where it does not say (proc(5), /proc/stat). */
export function processorTimes(): { total: number; busy: number; steal: number } {
  let line: string;
  try {
    line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  } catch {
    return { total: 0, busy: 0, steal: 0 };
  }
  const times = line.split(/\s+/).slice(1, 9).map(Number);
  const total = times.reduce((sum, time) => sum + time, 0);
  const idle = (times[3] ?? 0) + (times[4] ?? 0);
  return { total, busy: total - idle, steal: times[7] ?? 0 };
}
