import { z } from 'zod';
import { UsageError } from './errors.ts';
import { complaints, oneOf, strictShape } from './shape.ts';

/** A Vagrant box: what a provider through Vagrant clones the nodes from. */
export const Box = strictShape({
  /** As `vagrant box list` names it: `debian/bookworm64`. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,120}$/, 'letters, digits, dots, slashes, hyphens and underscores'),
  /** A version constraint, as `12.20240905.1` or `~> 12.0`; absent means any that is there. */
  version: z
    .string()
    .regex(/^[A-Za-z0-9 .,<>=~!+-]{1,60}$/, 'a version constraint, as 202.1 or ~> 12.0')
    .optional(),
  /** Where Vagrant gets it; absent means its catalogue. */
  url: z
    .string()
    .regex(/^[^\s]{1,2000}$/, 'an address without spaces')
    .optional(),
  checksum: strictShape({
    type: oneOf(['md5', 'sha1', 'sha256', 'sha384', 'sha512']),
    value: z.string().regex(/^[0-9a-f]{32,128}$/, 'lower-case hexadecimal digits'),
  }).optional(),
});
export type Box = z.infer<typeof Box>;

/**
 * A box from parsed YAML.
 * @param origin where it came from; begins the message
 * @throws UsageError with one line for each fault
 */
export function parseBox(value: unknown, origin: string): Box {
  const parsed = Box.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `${origin}: not a valid box:${complaints(parsed.error)
      .map((each) => `\n  ${each}`)
      .join('')}`,
  );
}
