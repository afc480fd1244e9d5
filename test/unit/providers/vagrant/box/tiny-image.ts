import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** PATH with the folders where Debian keeps the programs of ext4. */
export const toolEnv = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

export const bootSector = Buffer.alloc(512, 0xb0);
export const core = Buffer.alloc(3000, 0xc0);

const files: Readonly<Record<string, string | Buffer>> = {
  'boot/grub/boot.img': bootSector,
  'boot/grub/core.img': core,
  'etc/fstab': '/dev/vda / ext4\n',
  'etc/hostname': 'base\n',
  'etc/hosts': '127.0.0.1 localhost\n',
  'etc/network/interfaces': 'iface eth0 inet static\n',
  'etc/ssh/ssh_host_ed25519_key': 'SECRET HOST KEY\n',
  'etc/sudoers.d/README': '\n',
  'etc/systemd/system/default.target': '\n',
  'home/vagrant/.profile': '\n',
  'root/.ssh/authorized_keys': 'KEY OF THE IMAGE\n',
};

/** A folder with `image.raw`: an ext4 file system of 16 MiB with just what a box is made from. */
export async function withTinyImage<T>(
  work: (folder: string, image: string) => Promise<T>,
  { without = [] as readonly string[] } = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-box-'));
  try {
    const tree = join(folder, 'tree');
    for (const [name, content] of Object.entries(files)) {
      if (without.includes(name)) continue;
      await mkdir(dirname(join(tree, name)), { recursive: true });
      await writeFile(join(tree, name), content);
    }
    const image = join(folder, 'image.raw');
    execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', tree, image, '16M'], { env: toolEnv });
    return await work(folder, image);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What debugfs answers to one question about a file system. */
export function ask(image: string, question: string): string {
  return execFileSync('debugfs', ['-R', question, image], {
    env: toolEnv,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
