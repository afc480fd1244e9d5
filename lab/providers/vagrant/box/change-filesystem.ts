import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { HostError } from '../../../errors.ts';
import type { BoxChanges } from './changes.ts';
import { run } from './program.ts';

/**
 * Changes an ext4 file system that lies in a file, without mounting it and so without root.
 * @param disk name of the file in the folder
 * @throws HostError when debugfs could not do one of the changes, or the file system is not sound after them
 */
export async function changeFileSystem(
  folder: string,
  disk: string,
  changes: BoxChanges,
  signal: AbortSignal,
): Promise<void> {
  const contents = join(folder, 'contents');
  await mkdir(contents);
  await Promise.all(
    changes.files.map(({ content }, i) => writeFile(join(contents, contentName(i)), content)),
  );
  await debugfs(folder, ['-w'], disk, editCommands(changes, 'contents'), signal);
  await rm(contents, { recursive: true });
  await run(['e2fsck', '-f', '-n', disk], { cwd: folder, signal });
}

/** Copies a file out of an ext4 file system. */
export async function extractFile(
  folder: string,
  disk: string,
  path: string,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await debugfs(folder, [], disk, [`dump ${path} ${target}`], signal);
}

function contentName(index: number): string {
  return String(index);
}

/**
 * Commands of debugfs(8). `write` and `symlink` make names in the current folder only, so each is preceded by a `cd`. Paths have
 * to be plain words: debugfs reads quotes and spaces.
 * @param contents folder of this host with the new contents, named by their place in the list
 */
export function editCommands(changes: BoxChanges, contents: string): string[] {
  const own = (path: string, mode: number, owner: number): string[] => [
    `set_inode_field ${path} mode 0${mode.toString(8)}`,
    `set_inode_field ${path} uid ${String(owner)}`,
    `set_inode_field ${path} gid ${String(owner)}`,
  ];
  const at = (path: string): string => `cd ${posix.dirname(path)}`;
  const commands = [
    ...changes.removed.map((path) => `rm ${path}`),
    ...changes.folders.flatMap(({ path, mode, owner }) => [
      at(path),
      `mkdir ${posix.basename(path)}`,
      ...own(path, 0o040000 | mode, owner),
    ]),
    ...changes.files.flatMap(({ path, mode, owner, replaces }, i) => [
      ...(replaces ? [`rm ${path}`] : []),
      at(path),
      `write ${contents}/${contentName(i)} ${posix.basename(path)}`,
      ...own(path, 0o100000 | mode, owner),
    ]),
    ...changes.links.flatMap(({ path, target }) => [at(path), `symlink ${posix.basename(path)} ${target}`]),
  ];
  const paths = [
    ...changes.removed,
    ...[...changes.folders, ...changes.files, ...changes.links].map((each) => each.path),
  ];
  const odd = [...paths, ...changes.links.map((link) => link.target)].find(
    (path) => !/^[\w./-]+$/.test(path),
  );
  if (odd !== undefined) throw new TypeError(`not a plain path: ${JSON.stringify(odd)}`);
  return commands;
}

/** debugfs tells of failures on its standard error, where its version is too, and ends with 0 in any case. */
async function debugfs(
  folder: string,
  options: readonly string[],
  disk: string,
  commands: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { stderr } = await run(['debugfs', ...options, '-f', '-', disk], {
    cwd: folder,
    signal,
    input: `${commands.join('\n')}\n`,
  });
  const complaints = stderr.split('\n').filter((line) => line.trim() !== '' && !/^debugfs \d/.test(line));
  if (complaints.length > 0)
    throw new HostError(
      `debugfs failed on ${join(folder, disk)}: ${complaints.join('; ')}`,
      'is there space in the cache folder?',
    );
}
