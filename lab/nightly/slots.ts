import type { Topology } from '../topology.ts';

/** What a host has for labs, measured before any of them runs. */
export interface HostRoom {
  memoryMib: number;
  cores: number;
  /** True where machines run in software emulation. */
  emulated: boolean;
}

/** What a lab takes while a scenario runs on it. */
export interface LabNeeds {
  memoryMib: number;
  cores: number;
}

/** For lab itself, its fabrics, and a page cache that does not starve. */
const reserveMib = 512;
/**
 * Of a core for each processor of a machine. In emulation a lab of four machines keeps two cores busy while servers boot or take
 * over, and measuring on fewer makes runs that cannot be judged; with hardware virtualisation they idle most of the time.
 */
const coresEach = { emulated: 0.5, virtualised: 0.25 };

/** @param memoryMib what its machines can come to take, with what runs them */
export function labNeeds(
  topology: Pick<Topology, 'nodes'>,
  memoryMib: number,
  { emulated }: Pick<HostRoom, 'emulated'>,
): LabNeeds {
  const processors = topology.nodes.reduce((sum, { cpus }) => sum + cpus, 0);
  return { memoryMib, cores: processors * (emulated ? coresEach.emulated : coresEach.virtualised) };
}

/** Whether a lab may run beside others. One alone always may: whether the host can run it at all is told when it is brought up. */
export function fitsBeside(host: HostRoom, running: readonly LabNeeds[], lab: LabNeeds): boolean {
  if (running.length === 0) return true;
  const all = [...running, lab];
  const memoryMib = all.reduce((sum, each) => sum + each.memoryMib, 0);
  const cores = all.reduce((sum, each) => sum + each.cores, 0);
  return memoryMib + reserveMib <= host.memoryMib && cores <= host.cores;
}

/** How many labs of a night run side by side at most: the least demanding ones are the first to find room. */
export function slots(host: HostRoom, labs: readonly LabNeeds[]): number {
  const running: LabNeeds[] = [];
  for (const lab of [...labs].sort((a, b) => a.cores - b.cores || a.memoryMib - b.memoryMib)) {
    if (!fitsBeside(host, running, lab)) break;
    running.push(lab);
  }
  return running.length;
}
