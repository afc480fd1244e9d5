/** One exchange with a node: the host asked at sentMs, the answer came at receivedMs, the node's clock said guestMs. */
export interface ClockReading {
  sentMs: number;
  receivedMs: number;
  guestMs: number;
}

/**
 * How fast two clocks may part, as a share: the largest frequency correction a Linux kernel applies is 500 ppm (MAXFREQ in
 * include/linux/timex.h), far above a clock that is left alone.
 */
const driftAllowance = 500e-6;

interface Offset {
  hostMs: number;
  offsetMs: number;
  uncertaintyMs: number;
}

/**
 * Maps a node's wall clock to the host's monotonic clock, both in milliseconds. Each reading bounds the offset to half
 * its round trip (Cristian 1989); the mapping interpolates between the tightest readings, so drift over a run is followed.
 * Before the first and after the last one, drift can only be allowed for: the uncertainty grows by 0.5 ms a second. Assumes
 * that the node's clock is not stepped between two readings.
 */
export class ClockTrack {
  private readings: Offset[] = [];

  /** @throws RangeError for a reading that cannot be one: no number, or an answer before its question */
  add({ sentMs, receivedMs, guestMs }: ClockReading): void {
    if (![sentMs, receivedMs, guestMs].every(Number.isFinite) || receivedMs < sentMs)
      throw new RangeError(
        `not a clock reading: sent ${String(sentMs)}, received ${String(receivedMs)}, the node said ${String(guestMs)}`,
      );
    const hostMs = (sentMs + receivedMs) / 2;
    this.readings.push({ hostMs, offsetMs: guestMs - hostMs, uncertaintyMs: (receivedMs - sentMs) / 2 });
  }

  /** Forgets everything: the node rebooted or was restored, and its clock started anew. */
  reset(): void {
    this.readings = [];
  }

  /** What is known now, kept when this one forgets it. */
  copy(): ClockTrack {
    const copy = new ClockTrack();
    copy.readings = [...this.readings];
    return copy;
  }

  get count(): number {
    return this.readings.length;
  }

  /** The worst uncertainty among the readings that the mapping uses, in milliseconds; undefined before the first. */
  get uncertaintyMs(): number | undefined {
    return this.readings.length === 0
      ? undefined
      : Math.max(...this.tightest().map((reading) => reading.uncertaintyMs));
  }

  /**
   * The host time at which the node's wall clock showed guestMs, with its uncertainty.
   * @returns undefined before the first reading
   */
  toHost(guestMs: number): { hostMs: number; uncertaintyMs: number } | undefined {
    const nodes = this.tightest();
    const first = nodes[0];
    const last = nodes.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const guestOf = (node: Offset): number => node.hostMs + node.offsetMs;
    const after = nodes.findIndex((node) => guestOf(node) >= guestMs);
    if (after <= 0) {
      const edge = after === 0 ? first : last;
      const awayMs = Math.abs(guestMs - guestOf(edge));
      return {
        hostMs: guestMs - edge.offsetMs,
        uncertaintyMs: edge.uncertaintyMs + awayMs * driftAllowance,
      };
    }
    const a = nodes[after - 1] ?? first;
    const b = nodes[after] ?? last;
    const share = (guestMs - guestOf(a)) / (guestOf(b) - guestOf(a));
    return {
      hostMs: guestMs - (a.offsetMs + share * (b.offsetMs - a.offsetMs)),
      uncertaintyMs: Math.max(a.uncertaintyMs, b.uncertaintyMs),
    };
  }

  /**
   * The tightest reading of every ten seconds, in order of time; without those that a neighbour, its uncertainty grown by
   * drift, knows better. A node that boots answers slowly, and such a reading must not spoil the ones around it.
   */
  private tightest(): Offset[] {
    const best = new Map<number, Offset>();
    for (const reading of this.readings) {
      const slot = Math.floor(reading.hostMs / 10_000);
      const held = best.get(slot);
      if (held === undefined || reading.uncertaintyMs < held.uncertaintyMs) best.set(slot, reading);
    }
    const slots = [...best.values()].sort((a, b) => a.hostMs - b.hostMs);
    return slots.filter((reading) =>
      slots.every(
        (other) =>
          other.uncertaintyMs + Math.abs(other.hostMs - reading.hostMs) * driftAllowance >=
          reading.uncertaintyMs,
      ),
    );
  }
}

/** The host's monotonic clock in milliseconds; the same for every process of this host (CLOCK_MONOTONIC). */
export function hostNowMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
