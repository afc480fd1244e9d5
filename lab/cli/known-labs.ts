import { readLabs, type KnownLab } from '../labs.ts';
import { runsOnQemu } from '../providers/qemu/running.ts';

/** The labs of a home, by name, with what their providers say of them. */
export async function listLabs(home: string): Promise<KnownLab[]> {
  return await readLabs(home, (lab) =>
    lab.provider === 'qemu' ? runsOnQemu(home, lab.name) : Promise.resolve(false),
  );
}
