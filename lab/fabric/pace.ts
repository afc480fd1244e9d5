import { hostNowMs } from '../clock.ts';
import type { Sighting } from '../fabric.ts';

const everyMs = 100;
/** A frame that came meanwhile was as late as this. */
const lateMs = 250;
const tellEveryMs = 10_000;

/**
 * Wakes up again and again, and reports every ten seconds, and whenever a wake was late, how often it woke since the last report
 * and by how much the latest of these wakes was late.
 * @returns a function that ends it
 */
export function watchPace(report: (sighting: Sighting) => void): () => void {
  let dueMs = hostNowMs() + everyMs;
  let toldMs = hostNowMs();
  let wakes = 0;
  let worstLateMs = 0;
  const wake = (): void => {
    const nowMs = hostNowMs();
    const late = Math.max(0, nowMs - dueMs);
    wakes += 1;
    worstLateMs = Math.max(worstLateMs, late);
    if (late > lateMs || nowMs - toldMs >= tellEveryMs) {
      report({ kind: 'pace', atMs: nowMs, everyMs, wakes, worstLateMs });
      toldMs = nowMs;
      wakes = 0;
      worstLateMs = 0;
    }
    dueMs = nowMs + everyMs;
    timer = setTimeout(wake, everyMs);
  };
  let timer = setTimeout(wake, everyMs);
  return () => {
    clearTimeout(timer);
  };
}
