import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';

/**
 * Which folders hold labs whose machines Vagrant made, for a command that is to find all of them wherever they are. Unlike
 * processes, such machines outlive a restart of the host, so this is kept in `$XDG_STATE_HOME/lab`, else
 * `~/.local/state/lab` (XDG Base Directory Specification).
 */
function indexDirectory(): string {
  const configured = process.env['XDG_STATE_HOME'];
  const base =
    configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.local', 'state');
  return join(base, 'lab', 'vagrant-labs');
}

const Entry = z.strictObject({ directory: z.string(), provider: z.enum(['virtualbox', 'libvirt']) });
export type VagrantLabEntry = z.infer<typeof Entry>;

function entryFile(directory: string): string {
  const hash = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16);
  return join(indexDirectory(), `${hash}.json`);
}

export async function rememberLab(entry: VagrantLabEntry): Promise<void> {
  await mkdir(indexDirectory(), { recursive: true, mode: 0o700 });
  await writeFile(
    entryFile(entry.directory),
    `${JSON.stringify({ ...entry, directory: resolve(entry.directory) })}\n`,
  );
}

export async function forgetLab(directory: string): Promise<void> {
  await rm(entryFile(directory), { force: true });
}

export async function rememberedLabs(): Promise<VagrantLabEntry[]> {
  const names = await readdir(indexDirectory()).catch(() => []);
  const entries = await Promise.all(
    names.map(async (name) => {
      try {
        return Entry.safeParse(JSON.parse(await readFile(join(indexDirectory(), name), 'utf8'))).data;
      } catch {
        return undefined;
      }
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}
