// Types, lint and format: what can be said of the sources without running them. Two at a time, the longest one first.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';

const types = { title: 'types', command: () => ['tsc'] };
const lint = { title: 'lint', command: () => ['eslint', '.'] };
const format = (...options) => ({
  title: 'format',
  command: () => ['prettier', '--check', '--log-level', 'warn', ...options, '.'],
});
const cachedLint = {
  title: 'lint',
  command: (folder) => ['eslint', '--cache', '--cache-location', lintCacheFor(folder), '.'],
};

/** With a cache, lint needs the declarations that the check of types writes. */
const lanesOf = (cached) =>
  cached ? [[types, cachedLint], [format('--cache')]] : [[lint], [types, format()]];

/**
 * ESLint's own cache misses what a change of types does to a file that has not changed itself. So a cache is good for
 * what the files declare to each other (tsconfig.json, outDir), and the one of other declarations is removed.
 * @returns {string} path of the cache
 */
export function lintCacheFor(folder) {
  const declarations = join(folder, 'node_modules', '.cache', 'types');
  const caches = join(folder, 'node_modules', '.cache', 'eslint');
  const hash = createHash('sha256');
  for (const file of filesBelow(declarations).filter((name) => name.endsWith('.d.ts')))
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(declarations, file)))
      .update('\0');
  const name = hash.digest('hex').slice(0, 16);
  for (const other of filesBelow(caches))
    if (other !== name) rmSync(join(caches, other), { recursive: true, force: true });
  return join(caches, name);
}

function filesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true }).sort();
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Runs all of them, whatever one of them finds, and prints what each says when it is done; in the background with the lowest
 * priority. Resolves with how many passed and failed.
 */
export async function staticChecks(
  folder,
  { cached, inTheBackground = false, print = (text) => process.stdout.write(text) },
) {
  const statuses = await Promise.all(
    lanesOf(cached).map(async (lane) => {
      const ended = [];
      for (const { title, command } of lane)
        ended.push(await check(folder, title, command(folder), { inTheBackground, print }));
      return ended;
    }),
  );
  const failed = statuses.flat().filter((status) => status !== 0).length;
  return { passed: statuses.flat().length - failed, failed };
}

function check(folder, title, [name, ...args], { inTheBackground, print }) {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const child = spawn(join(folder, 'node_modules', '.bin', name), args, {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (inTheBackground && child.pid !== undefined) lowerPriority(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const end = (status) => {
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      print(`\n== ${title}: ${status === 0 ? 'ok' : 'failed'}, ${seconds} s\n${output}`);
      resolve(status);
    };
    child.on('error', (error) => {
      output += `${error.message}\n`;
      end(1);
    });
    child.on('close', (status) => end(status ?? 1));
  });
}

/** One that has ended already needs none. */
function lowerPriority(pid) {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch (error) {
    if (error.code !== 'ERR_SYSTEM_ERROR') throw error;
  }
}
