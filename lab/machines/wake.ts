import { randomBytes } from 'node:crypto';
import { shellQuote } from '../quote.ts';

/** Sets the wall clock to the host's; a restored machine woke up in the past. */
export function setClockCommand(): string {
  return `date -u -s @${(Date.now() / 1000).toFixed(3)} >/dev/null`;
}

/**
 * Mixes fresh randomness in. Under the embedded provider the kernel also starts its generator anew by itself, because the
 * machine's generation changed (device vmgenid; "crng reseeded due to virtual machine fork").
 */
export function seedCommand(): string {
  return `echo ${shellQuote(randomBytes(64).toString('base64'))} > /dev/urandom`;
}
