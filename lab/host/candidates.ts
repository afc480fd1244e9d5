/** Whether a provider through Vagrant can run labs on this host. */
export interface Candidate {
  name: 'virtualbox' | 'libvirt';
  usable: boolean;
  /** Versions that were found, as `Vagrant 2.3.4`. */
  found: readonly string[];
  /** Why it is usable, or why not. */
  why: string;
  /** What to do where it is not; empty where it is. */
  hint: string;
}

export interface ProviderChoice {
  name: string;
  /** Who chose it, for people. */
  why: string;
}

/** Where nobody says: VirtualBox, else libvirt, where Vagrant and they work; else the embedded one, which needs neither. */
export function bestProvider(candidates: readonly Candidate[]): ProviderChoice {
  const usable = candidates.find((candidate) => candidate.usable);
  if (usable !== undefined)
    return { name: usable.name, why: `nobody says, and it works here (${usable.found.join(', ')})` };
  const reasons = [...new Set(candidates.map(({ why }) => why))].join('; ');
  return { name: 'qemu', why: `nobody says, and no other works here: ${reasons}` };
}
