import { hostNowMs } from '../clock.ts';
import { cutOf, passesAtOnce, pathBetween } from './path.ts';
import type { Path } from './path.ts';
import { maxQueueBytes, writeFrame } from './port.ts';
import type { Port } from './port.ts';

/** Frames that rules hold back, and the one timer that lets them go. Node's timers are good to about 1 ms. */
export interface DelayLine {
  readonly paths: Set<Path>;
  timer: NodeJS.Timeout | undefined;
  dueMs: number;
}

export function createDelayLine(): DelayLine {
  return { paths: new Set(), timer: undefined, dueMs: Infinity };
}

/** Holds a frame (with its length before it; it is copied) until releaseMs, unless its receiver's queue is full. */
export function hold(line: DelayLine, path: Path, frame: Buffer, releaseMs: number): void {
  const { to } = path;
  if (to.waitingBytes + (to.socket?.writableLength ?? 0) + frame.length > maxQueueBytes) {
    to.framesDropped++;
    return;
  }
  path.waiting.push({ bytes: Buffer.from(frame), releaseMs });
  path.lastReleaseMs = releaseMs;
  to.waitingBytes += frame.length;
  to.segment.waiting++;
  line.paths.add(path);
  if (releaseMs < line.dueMs) schedule(line, releaseMs);
}

/** Lets go of every frame that is due, and of all frames on paths that no rule slows any more. */
export function release(line: DelayLine): void {
  const nowMs = hostNowMs();
  let nextMs = Infinity;
  for (const path of line.paths) {
    pathBetween(path.from, path.to);
    const all = passesAtOnce(path);
    const firstKept = all ? -1 : path.waiting.findIndex(({ releaseMs }) => releaseMs > nowMs);
    const due = path.waiting.splice(0, firstKept === -1 ? path.waiting.length : firstKept);
    send(path, due);
    const next = path.waiting[0];
    if (next === undefined) line.paths.delete(path);
    else nextMs = Math.min(nextMs, next.releaseMs);
  }
  schedule(line, nextMs);
}

/** Forgets what was on its way to a port whose node is gone. */
export function discardTo(line: DelayLine, port: Port): void {
  for (const path of line.paths) {
    if (path.to !== port) continue;
    account(path, path.waiting);
    path.waiting = [];
    line.paths.delete(path);
  }
}

export function stopDelayLine(line: DelayLine): void {
  clearTimeout(line.timer);
  line.paths.clear();
}

function send(path: Path, frames: Path['waiting']): void {
  const cut = cutOf(path);
  account(path, frames);
  if (cut !== undefined) cut.hits += frames.length;
  else {
    path.to.socket?.cork();
    for (const { bytes } of frames) writeFrame(path.to, bytes);
    path.to.socket?.uncork();
  }
}

function account(path: Path, frames: Path['waiting']): void {
  path.to.segment.waiting -= frames.length;
  for (const { bytes } of frames) path.to.waitingBytes -= bytes.length;
}

function schedule(line: DelayLine, dueMs: number): void {
  clearTimeout(line.timer);
  line.timer = undefined;
  line.dueMs = dueMs;
  if (dueMs === Infinity) return;
  line.timer = setTimeout(
    () => {
      release(line);
    },
    Math.max(1, Math.ceil(dueMs - hostNowMs())),
  );
}
