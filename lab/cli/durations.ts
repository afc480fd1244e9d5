import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** How long each step took the last time, in milliseconds, by its path of titles. */
export interface Durations {
  expectedMs(path: string): number | undefined;
  remember(path: string, ms: number): void;
  /** Writes what was learnt; a file that cannot be written is no reason to fail. */
  save(): void;
}

const Remembered = z.record(z.string(), z.number().nonnegative());

/** Steps of which a duration is kept; the oldest go first. */
const limit = 500;

export function durationsIn(file: string): Durations {
  const known = read(file);
  const learnt = new Map<string, number>();
  return {
    expectedMs: (path) => known.get(path),
    remember: (path, ms) => {
      learnt.delete(path);
      learnt.set(path, Math.round(ms));
    },
    save: () => {
      if (learnt.size === 0) return;
      const merged = read(file);
      for (const [path, ms] of learnt) {
        merged.delete(path);
        merged.set(path, ms);
      }
      write(file, Object.fromEntries([...merged].slice(-limit)));
    },
  };
}

/** A damaged file counts as an empty one. */
function read(file: string): Map<string, number> {
  try {
    const parsed = Remembered.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return new Map(parsed.success ? Object.entries(parsed.data) : []);
  } catch {
    return new Map();
  }
}

function write(file: string, content: Record<string, number>): void {
  const fresh = `${file}.${String(process.pid)}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(fresh, `${JSON.stringify(content, null, 1)}\n`);
    renameSync(fresh, file);
  } catch {
    // Without the file the next run shows no expectation; nothing else depends on it.
  }
}
