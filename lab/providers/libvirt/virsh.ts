import { execa } from 'execa';
import { HostError, RigError } from '../../errors.ts';

/** vagrant-libvirt's own default; a user's LIBVIRT_DEFAULT_URI goes before it. */
const uri = (): string => process.env['LIBVIRT_DEFAULT_URI'] ?? 'qemu:///system';

/**
 * Runs one virsh command and returns what it prints.
 * @throws HostError when virsh or its daemon is not there; RigError with virsh's own words when it refuses
 */
export async function virsh(args: readonly string[], timeoutMs = 60_000): Promise<string> {
  const result = await execa('virsh', ['-q', '-c', uri(), ...args], {
    reject: false,
    timeout: timeoutMs,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });
  if (result.exitCode === 0) return result.stdout;
  if (result.code === 'ENOENT') throw new HostError('virsh is not installed', 'lab doctor');
  const told = `virsh ${args.join(' ')}`;
  if (result.timedOut) throw new RigError(`${told} did not end within ${String(timeoutMs / 1000)} s`);
  const said = result.stderr.replaceAll(/^error: /gm, '').trim();
  if (/failed to connect to the hypervisor|Failed to connect socket/i.test(said))
    throw new HostError(
      `libvirt does not answer at ${uri()}: ${said.split('\n').join('; ')}`,
      'sudo systemctl start libvirtd, and be in the group libvirt',
    );
  throw new RigError(`${told}: ${said === '' ? `status ${String(result.exitCode)}` : said}`);
}
