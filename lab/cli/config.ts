import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Box } from '../box.ts';
import { parseBox } from '../box.ts';
import { UsageError, messageOf } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Platform } from '../platform.ts';
import type { LineOf } from '../yaml-lines.ts';
import { readYaml, yamlComplaint } from '../yaml-lines.ts';
import { platforms } from './registry.ts';

export const configFile = 'lab.yaml';

const Config = z.strictObject({
  provider: z.string().optional(),
  stack: z.string().optional(),
  edition: z.enum(['period', 'current']).optional(),
  /** `nfs: {version: 4.1}` and `nfs.version: 4.1` mean the same. */
  settings: z.record(z.string(), z.unknown()).optional(),
  /** By platform: the box that takes the place of its public one. */
  boxes: z.record(z.string(), z.unknown()).optional(),
});

/** What lab.yaml of the working folder says; `lineOf` finds the line of a key, for messages. */
export interface LabConfig extends Omit<z.infer<typeof Config>, 'boxes'> {
  boxes?: Readonly<Record<string, Box>>;
  lineOf: LineOf;
}

const empty: LabConfig = { lineOf: () => configFile };

/**
 * Reads `<cwd>/lab.yaml`; an absent file is an empty one.
 * @throws UsageError with the line of what is wrong
 */
export async function readConfig(cwd: string): Promise<LabConfig> {
  let text: string;
  try {
    text = await readFile(join(cwd, configFile), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return empty;
    throw new UsageError(`${configFile} cannot be read: ${messageOf(error)}`);
  }
  return parseConfig(text);
}

/** @throws UsageError with the line of what is wrong */
export function parseConfig(text: string): LabConfig {
  const { value, lineOf } = readYaml(text, configFile);
  const parsed = Config.safeParse(value);
  if (!parsed.success) throw yamlComplaint(parsed.error.issues[0], lineOf, () => Object.keys(Config.shape));
  const { boxes, ...rest } = parsed.data;
  return { ...rest, ...(boxes === undefined ? {} : { boxes: parsedBoxes(boxes, lineOf) }), lineOf };
}

/** The box of lab.yaml for this platform, else its public one; undefined where there is neither. */
export function boxFor(
  platform: Pick<Platform, 'name' | 'box'>,
  config: Pick<LabConfig, 'boxes'>,
): Box | undefined {
  const { boxes = {} } = config;
  return Object.hasOwn(boxes, platform.name) ? boxes[platform.name] : platform.box;
}

function parsedBoxes(boxes: Record<string, unknown>, lineOf: LineOf): Record<string, Box> {
  const known = platforms().map((platform) => platform.name);
  return Object.fromEntries(
    Object.entries(boxes).map(([name, value]) => {
      const line = lineOf(['boxes', name]);
      if (!known.includes(name))
        throw new UsageError(
          `${line}: no stack runs on a platform ${JSON.stringify(name)}`,
          didYouMean(name, known),
        );
      return [name, parseBox(value, `${line}: boxes.${name}`)];
    }),
  );
}
