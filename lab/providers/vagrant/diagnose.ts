import { tmpdir } from 'node:os';
import { execa } from 'execa';
import { findProgram, isAtLeast } from '../../host/programs.ts';

/** Whether labs can run through Vagrant here. */
export interface VagrantDiagnosis {
  usable: boolean;
  /** Versions that were found, as `Vagrant 2.3.4`. */
  found: string[];
  /** Why it is usable, or why not. */
  why: string;
  /** What to do where it is not; empty where it is. */
  hint: string;
}

/** The first release that was tried. */
export const oldestVagrant = '2.3';

/** Vagrant itself: there, and new enough. Takes Vagrant's own start, most of a second. */
export async function diagnoseVagrant(path: string): Promise<VagrantDiagnosis & { version?: string }> {
  const program = findProgram('vagrant', path);
  const not = (why: string, hint: string): VagrantDiagnosis => ({ usable: false, found: [], why, hint });
  if (program === undefined)
    return not('vagrant is not in PATH', 'install Vagrant: apt-get install vagrant, or vagrantup.com');
  const version = await versionIn(program, ['--version'], /^Vagrant (\S+)/m);
  if (version === undefined)
    return not(`${program} --version tells no version`, 'see what vagrant --version says');
  if (!isAtLeast(version, oldestVagrant))
    return not(`Vagrant ${version} is older than ${oldestVagrant}`, 'update Vagrant');
  return {
    usable: true,
    found: [`Vagrant ${version}`],
    why: `Vagrant ${version} answers`,
    hint: '',
    version,
  };
}

/** The plugin vagrant-libvirt, and a daemon of libvirt that answers. */
export async function diagnoseLibvirt(path: string, vagrant: VagrantDiagnosis): Promise<VagrantDiagnosis> {
  const found = [...vagrant.found];
  const not = (why: string, hint: string): VagrantDiagnosis => ({ usable: false, found, why, hint });
  const virsh = findProgram('virsh', path);
  if (virsh === undefined) return not('virsh is not in PATH', 'apt-get install libvirt-clients');
  const uri = process.env['LIBVIRT_DEFAULT_URI'] ?? 'qemu:///system';
  const daemon = await versionIn(virsh, ['-c', uri, 'version'], /libvirt (\d\S*)/);
  if (daemon === undefined)
    return not(
      `no libvirt daemon answers at ${uri}`,
      'sudo systemctl start libvirtd, and be in the group libvirt',
    );
  found.push(`libvirt ${daemon}`);
  const plugin = await versionIn(
    findProgram('vagrant', path) ?? 'vagrant',
    ['plugin', 'list'],
    /^vagrant-libvirt \(([^,)\s]+)/m,
  );
  if (plugin === undefined)
    return not(
      'Vagrant has no plugin vagrant-libvirt',
      'apt-get install vagrant-libvirt, or vagrant plugin install vagrant-libvirt',
    );
  found.push(`vagrant-libvirt ${plugin}`);
  return { usable: true, found, why: 'Vagrant, its plugin and libvirt answer', hint: '' };
}

async function versionIn(
  program: string,
  args: readonly string[],
  pattern: RegExp,
): Promise<string | undefined> {
  const result = await execa(program, args, {
    cwd: tmpdir(),
    reject: false,
    stdin: 'ignore',
    timeout: 30_000,
    forceKillAfterDelay: 500,
    env: { VAGRANT_CHECKPOINT_DISABLE: '1', VAGRANT_NO_COLOR: '1', LC_ALL: 'C' },
  });
  return result.exitCode === 0 ? pattern.exec(result.stdout)?.[1] : undefined;
}
