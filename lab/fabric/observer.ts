import type { Sighting, SightingFilter } from '../fabric.ts';
import { frameWatch } from './frame-watch.ts';
import type { Segment, Tap } from './port.ts';

/**
 * Taps segments and reports what matches, as stated at SightingFilter.
 * @returns a function that ends it
 */
export function observe(
  segments: Iterable<Segment>,
  filter: SightingFilter,
  report: (sighting: Sighting) => void,
): () => void {
  const ends = [...segments].map((segment) => {
    const watch = frameWatch(filter, report);
    const tap: Tap = (port, chunk, start, end, atMs) => {
      watch(port.node, segment.name, chunk, start, end, atMs);
    };
    segment.taps = [...segment.taps, tap];
    return () => {
      segment.taps = segment.taps.filter((one) => one !== tap);
    };
  });
  return () => {
    for (const end of ends) end();
  };
}
