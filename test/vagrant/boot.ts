import { createServer } from 'node:net';
import { existsSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa, execaSync } from 'execa';
import { diesWithParent } from '../../lab/host/dies-with-parent.ts';
import { waitFor } from '../../lab/wait.ts';

/** A machine that was started from a disk alone, as a hypervisor without any help from `lab` would. */
export interface Booted {
  /** Runs a command as Vagrant's user. */
  ssh(command: string): Promise<{ status: number | undefined; stdout: string; stderr: string }>;
  /** Waits until a boot other than this one answers; returns the id of the new boot. */
  answers(otherThan?: string): Promise<string>;
  end(): Promise<void>;
}

/** The disk controller, NIC and serial port that the hypervisors of a provider give their machines. */
const hardware = {
  libvirt: {
    disk: ['-device', 'virtio-blk-pci,drive=disk'],
    nic: 'virtio-net-pci',
    serial: (folder: string) => `file:${join(folder, 'console.log')}`,
  },
  // Without a serial port: VirtualBox gives a machine none unless it is asked for.
  virtualbox: {
    disk: ['-device', 'ahci,id=sata', '-device', 'ide-hd,drive=disk,bus=sata.0'],
    nic: 'e1000',
    serial: () => 'none',
  },
};

/** @param disk qcow2, written to */
export async function boot(provider: keyof typeof hardware, disk: string, folder: string): Promise<Booted> {
  const { disk: controller, nic, serial } = hardware[provider];
  const key = join(folder, 'insecure-key');
  await copyFile(insecureKey(), key);
  await chmod(key, 0o600);
  const port = String(await freePort());
  const emulator = [...diesWithParent('KILL'), 'qemu-system-x86_64'];
  const machine = execa(
    emulator[0] ?? '',
    [
      ...emulator.slice(1),
      ...['-machine', 'pc', '-accel', 'tcg,thread=multi', '-cpu', 'qemu64', '-m', '512', '-nodefaults'],
      ...['-display', 'none', '-vga', 'none', '-serial', serial(folder)],
      ...['-drive', `if=none,id=disk,format=qcow2,file=${disk},cache=unsafe`, ...controller],
      ...['-netdev', `user,id=nat,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:${port}-:22`],
      ...['-device', `${nic},netdev=nat,romfile=`],
    ],
    { reject: false, stdin: 'ignore', timeout: 15 * 60_000 },
  );
  const ssh: Booted['ssh'] = async (command) => {
    const options = ['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'LogLevel=ERROR'];
    options.push('UserKnownHostsFile=/dev/null', 'ConnectTimeout=15');
    const result = await execa(
      'ssh',
      [
        ...['-F', 'none', '-p', port, '-i', key],
        ...options.flatMap((option) => ['-o', option]),
        ...['vagrant@127.0.0.1', command],
      ],
      { reject: false, stdin: 'ignore', timeout: 180_000 },
    );
    return { status: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  };
  return {
    ssh,
    answers: (otherThan) =>
      waitFor(
        `the ${provider} machine to answer SSH`,
        async () => {
          const { status, stdout, stderr } = await ssh('cat /proc/sys/kernel/random/boot_id');
          if (machine.exitCode !== null) throw new Error(`QEMU ended: ${(await machine).stderr}`);
          return status === 0 && stdout !== otherThan
            ? { done: true, value: stdout }
            : { done: false, state: stderr === '' ? stdout : stderr };
        },
        { timeoutMs: 360_000, everyMs: 2000 },
      ),
    end: async () => {
      machine.kill('SIGKILL');
      await machine;
    },
  };
}

/** Vagrant brings the private key along: from Debian's package, or its own installer. */
function insecureKey(): string {
  const roots = ['/usr/share/rubygems-integration', '/usr/share/vagrant', '/opt/vagrant'].filter(existsSync);
  const keys = roots.length === 0 ? '' : execaSync('find', [...roots, '-name', 'vagrant.pub']).stdout;
  const found = keys.split('\n').map((file) => join(dirname(file), 'vagrant'));
  const key = found.find((file) => existsSync(file));
  if (key === undefined)
    throw new Error('Vagrant and its insecure key are not there: apt-get install vagrant');
  return key;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
