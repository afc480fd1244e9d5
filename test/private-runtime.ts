import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeRoot } from '../lab/providers/qemu/paths.ts';

/**
 * Makes a folder the place of all runtime folders of this process and its children, so that no test ends a lab of whoever runs it.
 * @throws Error when the path is too long for sockets: lab would take /tmp then, where that person's labs are
 */
export function usePrivateRuntime(folder: string): void {
  process.env['XDG_RUNTIME_DIR'] = folder;
  if (!runtimeRoot().startsWith(`${folder}/`))
    throw new Error(`${folder} is too long for sockets: set TMPDIR to a shorter path, as /tmp`);
}

/** The same with a new folder below the one of the whole run, for a test of its own. */
export function newPrivateRuntime(): string {
  const base = process.env['XDG_RUNTIME_DIR'];
  if (base === undefined)
    throw new Error('no private runtime folder: mocha runs without test/temporary-folder.ts');
  const folder = mkdtempSync(join(base, 'r'));
  usePrivateRuntime(folder);
  return folder;
}

/** A private runtime folder for a suite with a work folder; a suite that is only listed, by a test, has that test's. */
export function privateRuntimeIn(folder: string): string {
  if (process.env['LAB_TEST_FOLDER'] !== undefined) return newPrivateRuntime();
  const own = join(folder, 'run');
  usePrivateRuntime(own);
  return own;
}
