/** Numbers as people read them. All pure; seconds and milliseconds in, text out. */

/** A length of time for prose: `240 ms`, `28.4 s`, `152 s`. */
export function shortSeconds(seconds: number): string {
  if (Math.round(seconds * 1000) < 1000) return `${String(Math.round(seconds * 1000))} ms`;
  return `${seconds < 99.95 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
}

/** To the millisecond, for figures that add up: `28.412 s`. */
export function exactSeconds(seconds: number): string {
  return `${seconds.toFixed(3)} s`;
}

/** A figure that was set by people rather than measured: `45 s`, `2.5 s`. */
export function roundSeconds(seconds: number): string {
  return `${String(Math.round(seconds * 1000) / 1000)} s`;
}

/** The latency of one operation: `8.4 ms`, `240 ms`, `28.4 s`. */
export function latency(ms: number): string {
  if (ms >= 999.5) return shortSeconds(ms / 1000);
  return `${ms < 9.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/** A moment of the run: `0:05.031`, `12:00.000`; before its zero with a minus sign. */
export function moment(ms: number): string {
  const total = Math.round(Math.abs(ms));
  const minutes = Math.floor(total / 60_000);
  const seconds = ((total % 60_000) / 1000).toFixed(3).padStart(6, '0');
  return `${ms < 0 ? '-' : ''}${String(minutes)}:${seconds}`;
}

/** `1,515`. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 write`, `3 writes`. */
export function counted(n: number, one: string): string {
  return `${count(n)} ${one}${n === 1 ? '' : 's'}`;
}

/** Whole percent, but never 100 for less than all and never 0 for more than nothing. */
export function percent(fraction: number): string {
  const rounded = Math.round(fraction * 100);
  if (rounded === 100 && fraction < 1) return '99 %';
  if (rounded === 100 && fraction > 1) return '101 %';
  if (rounded === 0 && fraction > 0) return '1 %';
  return `${String(rounded)} %`;
}

/** The value below which the given share of sorted values lies (nearest rank). */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}

/**
 * Text of a guest in one line that cannot move a cursor, colour a terminal or turn the direction of writing: control and
 * bidirectional formatting characters become `�`, line breaks and tabs a space.
 */
export function printable(text: string): string {
  return text.replace(/[\t\n\r\u2028\u2029]+/g, ' ').replace(/\p{Cc}|\p{Bidi_Control}/gu, '\ufffd');
}
