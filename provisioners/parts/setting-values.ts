import { z } from 'zod';

/** Values of settings, from the text of `--set` or from YAML. Every refusal says the rule. */

/** Seconds, as 10 or 0.5; a text may end in "s" or "ms". */
export function secondsBetween(min: number, max: number): z.ZodType<number> {
  return quantity(`seconds from ${String(min)} to ${String(max)}, as 10 or 500ms`, min, max, {
    '': 1,
    s: 1,
    ms: 0.001,
  });
}

export function wholeSecondsBetween(min: number, max: number): z.ZodType<number> {
  const rule = `whole seconds from ${String(min)} to ${String(max)}`;
  return quantity(rule, min, max, { '': 1, s: 1 }).refine(Number.isInteger, rule);
}

export function millisecondsBetween(min: number, max: number): z.ZodType<number> {
  const rule = `whole milliseconds from ${String(min)} to ${String(max)}`;
  return quantity(rule, min, max, { '': 1, ms: 1, s: 1000 }).refine(Number.isInteger, rule);
}

/** The same, or 0, which then has a meaning of its own. */
export function zeroOrMillisecondsBetween(min: number, max: number): z.ZodType<number> {
  const rule = `0, or whole milliseconds from ${String(min)} to ${String(max)}`;
  return quantity(rule, 0, max, { '': 1, ms: 1, s: 1000 }).refine(
    (ms) => Number.isInteger(ms) && (ms === 0 || ms >= min),
    rule,
  );
}

export function wholeNumberBetween(min: number, max: number): z.ZodType<number> {
  const rule = `a whole number from ${String(min)} to ${String(max)}`;
  return quantity(rule, min, max, { '': 1 }).refine(Number.isInteger, rule);
}

/** A score of Pacemaker that favours: INFINITY, which is 1000000, or less. */
export const scoreAbove0: z.ZodType<string | number> = z.unknown().transform((value, context) => {
  if (value === 'INFINITY') return value;
  const score = wholeNumberBetween(1, 1_000_000).safeParse(value);
  if (score.success) return score.data;
  context.addIssue({ code: 'custom', message: 'INFINITY or a whole number from 1 to 1000000' });
  return z.NEVER;
});

/** A size, kept as a whole number of MiB: 512, 512M and 0.5G are one value. */
export function mebibytesBetween(min: number, max: number): z.ZodType<number> {
  const rule = `a whole number of MiB from ${String(min)} to ${String(max)}, as 512M or 1G`;
  return quantity(rule, min, max, { '': 1, M: 1, MiB: 1, G: 1024, GiB: 1024 }).refine(Number.isInteger, rule);
}

/** One of a few words; numbers count as their text, for YAML reads 4.1 as a number. */
export function oneOf(...words: readonly string[]): z.ZodType<string> {
  return z.unknown().transform((value, context) => {
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && words.includes(text)) return text;
    context.addIssue({ code: 'custom', message: `one of ${words.join(', ')}` });
    return z.NEVER;
  });
}

export const flag: z.ZodType<boolean> = z.unknown().transform((value, context) => {
  if (value === true || value === 'on' || value === 'yes' || value === 'true') return true;
  if (value === false || value === 'off' || value === 'no' || value === 'false') return false;
  context.addIssue({ code: 'custom', message: 'on or off' });
  return z.NEVER;
});

/** Comma separated words, nothing that a shell, fstab(5) or haresources could read otherwise. */
function optionWords(rule: string): z.ZodType<string> {
  return z
    .string(rule)
    .regex(/^(?:[a-z0-9_]+(?:=[A-Za-z0-9_.:-]+)?(?:,[a-z0-9_]+(?:=[A-Za-z0-9_.:-]+)?)*)?$/, rule);
}

/** Words of nfs(5). */
export const mountOptions: z.ZodType<string> = optionWords(
  'mount options of nfs(5), comma separated, letters, digits and = only, as hard,proto=tcp',
).refine(
  (text) =>
    !text.split(',').some((word) => /^(?:vers|nfsvers|minorversion|v[234](?:\.\d)?)(?:=|$)/.test(word)),
  'the protocol version is the setting nfs.version, not a mount option',
);

/** What a soft mount means, for descriptions of settings. */
export const softMeaning =
  'With soft or softerr an operation without an answer for timeo × (retrans + 1) fails; it may have been done or not, and an ' +
  'application that takes no notice has lost it. What was acknowledged stays.';

/** Words of mount(8); heartbeat separates arguments by two colons. */
export const fileSystemOptions: z.ZodType<string> = optionWords(
  'mount options of mount(8), comma separated, letters, digits and = only, as sync,noatime',
).refine((text) => !text.includes('::'), 'heartbeat takes two colons for the end of an argument');

function quantity(
  rule: string,
  min: number,
  max: number,
  units: Readonly<Record<string, number>>,
): z.ZodType<number> {
  return z.unknown().transform((value, context) => {
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
    const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
    const factor = unit === undefined || !Object.hasOwn(units, unit) ? undefined : units[unit];
    const found =
      digits === undefined || factor === undefined ? NaN : Math.round(Number(digits) * factor * 1e6) / 1e6;
    if (found >= min && found <= max) return found;
    context.addIssue({ code: 'custom', message: rule });
    return z.NEVER;
  });
}
