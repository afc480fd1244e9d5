import { join } from 'node:path';
import { cacheFolder } from '../host/folders.ts';
import { silent } from '../progress.ts';
import type { Progress } from '../progress.ts';
import type { CliContext, OutputStream } from './context.ts';
import type { Durations } from './durations.ts';
import { durationsIn } from './durations.ts';
import { LiveRegion } from './live-region.ts';
import { isLively, painter } from './output.ts';
import type { GlobalOptions } from './program.ts';

/** Progress that is being drawn; `end` leaves the terminal tidy and keeps the durations. */
export interface DrawnProgress extends Progress {
  end(): void;
}

export interface ProgressOptions {
  stream: OutputStream;
  style: 'live' | 'plain';
  durations: Durations;
  nowMs?: () => number;
}

/** Progress as the options and the terminal ask for it. */
export function progressOf(context: CliContext, options: GlobalOptions): DrawnProgress {
  if (options.quiet === true) return { ...silent, end: () => undefined };
  return drawProgress({
    stream: context.stderr,
    style: isLively(context.stderr, context.env, options) ? 'live' : 'plain',
    durations: durationsIn(join(cacheFolder(context.env), 'durations.json')),
  });
}

/**
 * Draws steps: `live` is one line per running step that counts the seconds, and a line that stays for each that ended;
 * `plain` is a line with the time since the start at each begin and end.
 */
export function drawProgress({
  stream,
  style,
  durations,
  nowMs = () => performance.now(),
}: ProgressOptions): DrawnProgress {
  const zeroMs = nowMs();
  const paint = painter(style === 'live');
  const region = style === 'live' ? new LiveRegion(stream, nowMs) : undefined;
  const stamp = (): string => `[+${seconds(nowMs() - zeroMs)}]`;
  const line = (text: string): void => {
    if (region === undefined) stream.write(`${text}\n`);
    else region.printAbove(text);
  };

  const inside = (path: readonly string[]): Progress => ({
    note: (text) => {
      if (region === undefined) line(`${stamp()} ${indent(path.length)}${text}`);
      else line(`${indent(path.length)}${paint('dim', text)}`);
    },
    step: async (title, work) => {
      const key = [...path, title].join(' > ');
      const expectedMs = durations.expectedMs(key);
      const margin = indent(path.length);
      const startedMs = nowMs();
      const row = region?.begin({ text: `${margin}${title}`, startedMs, expectedMs });
      if (region === undefined)
        line(
          `${stamp()} ${margin}${title}${expectedMs === undefined ? '' : ` (about ${seconds(expectedMs)})`}`,
        );
      try {
        const value = await work(inside([...path, title]));
        const tookMs = nowMs() - startedMs;
        durations.remember(key, tookMs);
        row?.end();
        if (region === undefined) line(`${stamp()} ${margin}${title}: done in ${seconds(tookMs)}`);
        else line(`${margin}${paint('green', '✔')} ${title} ${paint('dim', seconds(tookMs))}`);
        return value;
      } catch (error) {
        const tookMs = nowMs() - startedMs;
        row?.end();
        if (region === undefined) line(`${stamp()} ${margin}${title}: failed after ${seconds(tookMs)}`);
        else
          line(`${margin}${paint('red', '✘')} ${title} ${paint('dim', `failed after ${seconds(tookMs)}`)}`);
        throw error;
      }
    },
  });

  return {
    ...inside([]),
    end: () => {
      region?.end();
      durations.save();
    },
  };
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
