import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pidFile } from './config.ts';

/** A process, told from a later one with the same pid by its start time. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot on Linux, the date that ps shows elsewhere. */
  startedAt: string;
}

/** The process that has this pid now; undefined when there is none or it has ended and only waits for its parent. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** proc_pid_stat(5): field 3 is the state, field 22 the start time; the name before them may hold blanks and ")". */
function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): string | undefined {
  try {
    const shown = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [state = '', ...lstart] = shown.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : lstart.join(' ');
  } catch {
    return undefined;
  }
}

export function identityText({ pid, startedAt }: ProcessIdentity): string {
  return `${String(pid)} ${startedAt}\n`;
}

/** The fabric that the folder's pid file names, when that very process is still alive. */
export async function runningFabric(directory: string): Promise<ProcessIdentity | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, pidFile), 'utf8');
  } catch {
    return undefined;
  }
  const pid = Number(text.slice(0, text.indexOf(' ')));
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const found = identify(pid);
  return found !== undefined && identityText(found) === text ? found : undefined;
}
