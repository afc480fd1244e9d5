import { UsageError } from '../errors.ts';

/** `4h`, `90m`, `1h30m`, `2d`; not empty. */
export const durationPattern = /^(?=\d)(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?$/;

/** @throws UsageError for what is no time, or none at all */
export function durationSeconds(text: string, what: string): number {
  const [, days = '0', hours = '0', minutes = '0'] = durationPattern.exec(text) ?? [];
  const seconds = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60;
  if (durationPattern.test(text) && seconds > 0) return seconds;
  throw new UsageError(`${what} ${JSON.stringify(text)}: not a time`, 'as 4h, 90m or 1h30m');
}

/** `45 s`, `12 min`, `1 h 5 min`: for people. */
export function spoken(seconds: number): string {
  if (seconds < 60) return `${String(Math.max(0, Math.round(seconds)))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min`;
  const rest = minutes % 60;
  return `${String(Math.floor(minutes / 60))} h${rest === 0 ? '' : ` ${String(rest)} min`}`;
}
