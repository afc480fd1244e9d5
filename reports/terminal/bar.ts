import type { PhasePart } from '../phase-parts.ts';
import type { Paint, Style } from './text.ts';

const phaseStyles: readonly Style[] = ['blue', 'yellow', 'cyan', 'magenta', 'green', 'white'];
const shades = ['█', '▒'];

/**
 * A stall as one line of blocks, cut into its phases, under a line of their numbers. Neighbours differ in shade, so that
 * the cuts show without colour; what was not observed is drawn with `·`.
 */
export function phaseBar(parts: readonly PhasePart[], width: number, paint: Paint): string[] {
  const drawn = parts.filter((part) => part.ms !== null);
  const widths = blockWidths(
    drawn.map((part) => part.share),
    width,
  );
  const numbers = drawn.map((part, i) => fit(String(part.number), widths[i] ?? 0)).join('');
  const blocks = drawn.map((part, i) => {
    const glyph = part.observed ? (shades[i % shades.length] ?? '█') : '·';
    return paint(styleOf(part), glyph.repeat(widths[i] ?? 0));
  });
  return [numbers.trimEnd(), blocks.join('')];
}

export function styleOf(part: PhasePart): Style {
  return part.observed ? (phaseStyles[(part.number - 1) % phaseStyles.length] ?? 'white') : 'dim';
}

/** Shares of a width in whole characters, at least one each where there is room; they add up to the width. */
export function blockWidths(shares: readonly number[], width: number): number[] {
  if (shares.length === 0) return [];
  const spare = Math.max(0, width - shares.length);
  let given = 0;
  let passed = 0;
  const total = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => {
    passed += total === 0 ? 1 / shares.length : share / total;
    const upTo = Math.round(passed * spare);
    const own = upTo - given;
    given = upTo;
    return own + 1;
  });
}

function fit(text: string, width: number): string {
  return text.length > width ? ' '.repeat(width) : text.padEnd(width);
}
