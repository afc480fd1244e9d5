// Types, lint and format: what can be said of the sources without running them. Two at a time, the longest one first.
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';

/** With a cache a file is looked at again only when it has changed itself, which is quick and can miss what a change elsewhere did. */
const lanesOf = (cached) => [
  [
    {
      title: 'lint',
      command: [
        'eslint',
        ...(cached ? ['--cache', '--cache-location', 'node_modules/.cache/eslint/'] : []),
        '.',
      ],
    },
  ],
  [
    { title: 'types', command: ['tsc', '--noEmit'] },
    {
      title: 'format',
      command: ['prettier', '--check', '--log-level', 'warn', ...(cached ? ['--cache'] : []), '.'],
    },
  ],
];

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
        ended.push(await check(folder, title, command, { inTheBackground, print }));
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
