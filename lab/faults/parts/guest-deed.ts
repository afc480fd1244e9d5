import type { FaultContext } from '../../fault.ts';
import { shellQuote } from '../../quote.ts';

/** Folder on a node with what undoes the faults that stand; gone with a boot, as they are. */
export const deedsFolder = '/run/lab-faults';

/** Something that is done inside a node, with shell commands for a POSIX sh. */
export interface GuestDeed {
  /** Names its files on the node: letters, digits and hyphens. */
  id: string;
  /** Breaks it; the status of its last command counts. */
  strike: string;
  /** Sets it right again; harmless when nothing was broken, and when it runs twice. */
  undo: string;
  ttlMs: number;
}

/**
 * Arms a timer on the node that undoes the deed after its time to live, and then strikes. The timer is a process of its own,
 * which the end of the connection does not touch.
 */
export function strikeScript({ id, strike, undo, ttlMs }: GuestDeed, folder = deedsFolder): string {
  const file = `${folder}/${checkedId(id)}`;
  const seconds = String(Math.ceil(ttlMs / 1000));
  return [
    // One of a runner that died may still be armed, and would undo this one too early.
    disarm(file),
    'set -e',
    `mkdir -p ${folder}`,
    `printf %s ${shellQuote(undo)} > ${file}.undo`,
    `setsid sh -c ${shellQuote(`sleep ${seconds}; sh ${file}.undo; rm -f ${file}.undo ${file}.timer`)} </dev/null >/dev/null 2>&1 &`,
    `echo $! > ${file}.timer`,
    strike,
  ].join('\n');
}

/** Ends the timer and undoes the deed; does nothing where it was never done, or was undone before. */
export function undoScript(id: string, folder = deedsFolder): string {
  const file = `${folder}/${checkedId(id)}`;
  return [
    disarm(file),
    `if [ -e ${file}.undo ]; then sh ${file}.undo && rm -f ${file}.undo ${file}.timer; fi`,
  ].join('\n');
}

function disarm(file: string): string {
  return `[ ! -e ${file}.timer ] || kill -s KILL -- -"$(cat ${file}.timer)" 2>/dev/null || :`;
}

export async function strike({ lab, node, signal }: FaultContext, deed: GuestDeed): Promise<void> {
  await lab.machine(node).exec(strikeScript(deed), { timeoutMs: 60_000, signal });
}

/** Not cut short by the signal of an interrupted run: it is what the interruption waits for. */
export async function undo({ lab, node }: FaultContext, id: string): Promise<void> {
  await lab.machine(node).exec(undoScript(id), { timeoutMs: 120_000 });
}

function checkedId(id: string): string {
  if (/^[a-z0-9][a-z0-9.-]{0,60}$/.test(id)) return id;
  throw new TypeError(`${JSON.stringify(id)} cannot name a deed`);
}
