import { distance } from 'fastest-levenshtein';

/** The allowed names most like the given one, best first; empty when nothing is close enough to be a typing slip. */
export function nearest(given: string, allowed: readonly string[]): string[] {
  const wanted = given.toLowerCase();
  const limit = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return allowed
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, far }) => far <= limit || (wanted.length >= 3 && name.toLowerCase().includes(wanted)))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** A sentence for an error's hint: the nearest allowed names, or all of them when none is near. */
export function didYouMean(given: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return 'there is none';
  const near = nearest(given, allowed);
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : `known: ${allowed.join(', ')}`;
}
