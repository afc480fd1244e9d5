import type { Candidate } from '../host/candidates.ts';

/**
 * The providers through Vagrant, the preferred one first. Without Vagrant that is known at once; with it, asking takes a few
 * seconds, most of them Vagrant's own start.
 */
export async function vagrantCandidates(env: NodeJS.ProcessEnv): Promise<Candidate[]> {
  const { diagnoseLibvirt, diagnoseVagrant } = await import('../providers/vagrant/diagnose.ts');
  const { diagnoseVirtualbox } = await import('../providers/virtualbox/diagnose.ts');
  const path = env['PATH'] ?? '';
  const vagrant = await diagnoseVagrant(path);
  if (!vagrant.usable) return (['virtualbox', 'libvirt'] as const).map((name) => ({ name, ...vagrant }));
  const [virtualbox, libvirt] = await Promise.all([
    diagnoseVirtualbox(env, vagrant.version),
    diagnoseLibvirt(path, vagrant),
  ]);
  const version = virtualbox.version === undefined ? [] : [`VirtualBox ${virtualbox.version}`];
  return [
    {
      name: 'virtualbox',
      usable: virtualbox.usable,
      found: [...vagrant.found, ...version],
      why: virtualbox.usable ? `Vagrant and VirtualBox answer` : virtualbox.why,
      hint: virtualbox.hint,
    },
    { name: 'libvirt', ...libvirt },
  ];
}
