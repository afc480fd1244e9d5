import { createHash } from 'node:crypto';

/**
 * A number from 0 up to 1, drawn evenly, that follows from the seed and the words and from nothing else: the same on every
 * host, and each draw by itself, whatever was drawn before.
 */
export function drawn(seed: number, ...words: readonly string[]): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...words]))
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
