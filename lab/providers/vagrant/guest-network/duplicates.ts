/** Two captures date the same frame by clocks that differ by no more than this, in milliseconds. */
const sameWithinMs = 100;
/** One whose lines come late gets this long to tell what others have told. */
const rememberMs = 20_000;

interface Told {
  atMs: number;
  arrivedMs: number;
  by: Set<string>;
}

/**
 * Tells a frame that several captures saw from one that was sent again. Each capture's copy belongs to the oldest like it,
 * dated within 100 ms, that this capture has not told yet.
 * @returns a function that says whether another capture has told this very frame
 */
export function duplicates(): (capture: string, bytes: string, atMs: number, arrivedMs: number) => boolean {
  const seen = new Map<string, Told[]>();
  let nextSweepMs = 0;
  return (capture, bytes, atMs, arrivedMs) => {
    if (arrivedMs >= nextSweepMs) {
      nextSweepMs = arrivedMs + rememberMs / 2;
      for (const [key, list] of seen) {
        const kept = list.filter((one) => arrivedMs - one.arrivedMs < rememberMs);
        if (kept.length === 0) seen.delete(key);
        else seen.set(key, kept);
      }
    }
    const list = seen.get(bytes) ?? [];
    const same = list.find((one) => !one.by.has(capture) && Math.abs(one.atMs - atMs) <= sameWithinMs);
    if (same !== undefined) {
      same.by.add(capture);
      return true;
    }
    list.push({ atMs, arrivedMs, by: new Set([capture]) });
    seen.set(bytes, list);
    return false;
  };
}
