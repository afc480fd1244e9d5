import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { execa } from 'execa';
import { waitFor } from '../../lab/wait.ts';

/** Settings of a libvirt that runs as root in a container: nothing there separates it from its guests but the test's namespaces. */
const qemuConf = [
  'user = "root"',
  'group = "root"',
  'security_driver = "none"',
  'namespaces = []',
  'cgroup_controllers = []',
  'remember_owner = 0',
  'stdio_handler = "file"',
  '',
].join('\n');
const libvirtdConf = ['auth_unix_ro = "none"', 'auth_unix_rw = "none"', 'unix_sock_group = "root"', ''].join(
  '\n',
);

/**
 * Gives the namespaces of the test a libvirt of their own: its folders, sysfs of this network namespace (libvirt sets bridge
 * options through it) and both daemons. To be called inside network, mount and process namespaces: nothing is undone.
 * @returns environment for everything that is to use it
 */
export async function furnishLibvirt(folder: string): Promise<Record<string, string>> {
  const run = (program: string, ...args: string[]): void => {
    execaSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  run('ip', 'link', 'set', 'lo', 'up');
  run('mount', '-t', 'sysfs', 'sysfs', '/sys');
  const own = (name: string, place: string): void => {
    mkdirSync(join(folder, name), { recursive: true });
    mkdirSync(place, { recursive: true });
    run('mount', '--bind', join(folder, name), place);
  };
  const etc = join(folder, 'etc');
  cpSync('/etc/libvirt', etc, { recursive: true });
  for (const left of ['storage', 'qemu/networks']) rmSync(join(etc, left), { recursive: true, force: true });
  own('etc', '/etc/libvirt');
  own('var', '/var/lib/libvirt');
  own('cache', '/var/cache/libvirt');
  own('log', '/var/log/libvirt');
  own('run', '/run/libvirt');
  writeFileSync('/etc/libvirt/qemu.conf', qemuConf);
  writeFileSync('/etc/libvirt/libvirtd.conf', libvirtdConf);
  for (const daemon of ['virtlogd', 'libvirtd'])
    spawn(daemon, ['-p', join(folder, `${daemon}.pid`)], { stdio: 'ignore', detached: true }).unref();
  const uri = 'qemu:///system';
  await waitFor(
    'libvirtd to answer',
    async () => {
      const seen = await execa('virsh', ['-c', uri, 'version'], { reject: false, timeout: 20_000 });
      return seen.exitCode === 0 ? { done: true, value: true } : { done: false, state: seen.stderr };
    },
    { timeoutMs: 60_000, everyMs: 300 },
  );
  return {
    LIBVIRT_DEFAULT_URI: uri,
    VAGRANT_HOME: join(folder, 'vagrant-home'),
    VAGRANT_CHECKPOINT_DISABLE: '1',
  };
}
