import { createHash } from 'node:crypto';
import type { NightCell } from '../night.ts';

/** Which machines a cell runs on: cells of one stack, edition and label share them. */
export type LabOfCell = Pick<NightCell, 'stack' | 'edition' | 'label'>;

/** What a lab's name may have: it is the name of a folder, which lab/labs.ts checks. */
const longest = 31;

/**
 * `night-<stack>`, `night-<stack>--period--<label>`. No two labs of a night have the same: neither stacks nor labels have two
 * hyphens in a row. A name that is too long is cut and ends with digits of its hash.
 */
export function labNameOf({ stack, edition, label }: LabOfCell): string {
  const whole = [
    `night-${stack}`,
    ...(edition === 'current' ? [] : [edition]),
    ...(label === null ? [] : [label]),
  ].join('--');
  if (whole.length <= longest) return whole;
  const digits = createHash('sha256').update(whole).digest('hex').slice(0, 6);
  return `${whole.slice(0, longest - 1 - digits.length)}-${digits}`;
}

/** The same machines in words: the key of a cell without its scenario. */
export function variantOf({ stack, edition, label }: LabOfCell): string {
  return `${stack}${edition === 'current' ? '' : `@${edition}`}${label === null ? '' : `+${label}`}`;
}
