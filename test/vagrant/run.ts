// `npm run test:vagrant`: runs the tests of this folder with a real Vagrant and a real libvirt, in network, mount and process
// namespaces of their own, with which all that they started ends. Status 69 and "not available" say that this host cannot
// run them, which is no pass. `--exec command...` runs a command there instead of the tests.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { insideNamespaces } from '../namespaces.ts';
import { usePrivateRuntime } from '../private-runtime.ts';
import { furnishLibvirt } from './libvirt-room.ts';

const project = join(import.meta.dirname, '..', '..');
const runTimeoutMs = 90 * 60_000;
const unavailableStatus = 69;
/** Where each program comes from on Debian 12. */
const needed: readonly (readonly [program: string, packages: string])[] = [
  ['/usr/bin/vagrant', 'vagrant vagrant-libvirt'],
  ['/usr/bin/virsh', 'libvirt-clients'],
  ['/usr/sbin/libvirtd', 'libvirt-daemon-system'],
  ['/usr/sbin/dnsmasq', 'dnsmasq-base'],
  ['/usr/sbin/iptables', 'iptables'],
  ['/usr/bin/bsdtar', 'libarchive-tools'],
  ['/usr/bin/qemu-system-x86_64', 'qemu-system-x86'],
  ['/usr/bin/qemu-img', 'qemu-utils'],
  ['/usr/bin/unshare', 'util-linux'],
];

/** Outside: as the user started it. Inside: in namespaces, where nothing has to be undone. */
async function outside(args: string[]): Promise<number> {
  const missing = needed.filter(([program]) => !existsSync(program));
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return unavailable('the test needs Linux and root, for namespaces');
  if (missing.length > 0)
    return unavailable(
      `apt-get install -y --no-install-recommends ${missing.map(([, packages]) => packages).join(' ')}`,
    );
  return await insideNamespaces(fileURLToPath(import.meta.url), args, {
    folderPrefix: '/tmp/lab-vagrant-',
    timeoutMs: runTimeoutMs,
  });
}

function unavailable(why: string): number {
  process.stderr.write(`not available: ${why}\n`);
  return unavailableStatus;
}

async function inside(folder: string, args: string[]): Promise<number> {
  usePrivateRuntime(join(folder, 'runtime'));
  const env = {
    ...process.env,
    ...(await furnishLibvirt(folder)),
    LAB_TEST_FOLDER: folder,
    XDG_STATE_HOME: join(folder, 'state'),
  };
  const mocha = join(project, 'node_modules', '.bin', 'mocha');
  const [program = mocha, ...words] =
    args[0] === '--exec'
      ? args.slice(1)
      : [mocha, '--config', join(project, '.mocharc.vagrant.json'), ...args];
  const result = await execa(program, words, {
    cwd: project,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  });
  return result.exitCode ?? 1;
}

const [mode, folder = '', ...rest] = process.argv.slice(2);
process.exitCode = mode === '--inside' ? await inside(folder, rest) : await outside(process.argv.slice(2));
