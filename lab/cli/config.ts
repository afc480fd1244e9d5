import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';
import type { Box } from '../box.ts';
import { parseBox } from '../box.ts';
import { UsageError, messageOf } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Platform } from '../platform.ts';
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
  lineOf(path: readonly string[]): string;
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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined)
    throw new UsageError(
      `${configFile}:${String(lines.linePos(broken.pos[0]).line)}: ${broken.message.split('\n')[0] ?? ''}`,
    );
  const lineOf = (path: readonly string[]): string => {
    const offset = offsetOf(document, path);
    return offset === undefined ? configFile : `${configFile}:${String(lines.linePos(offset).line)}`;
  };
  const parsed = Config.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw usageErrorOf(parsed.error.issues[0], lineOf);
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

function parsedBoxes(
  boxes: Record<string, unknown>,
  lineOf: (path: readonly string[]) => string,
): Record<string, Box> {
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

function usageErrorOf(
  issue: z.core.$ZodIssue | undefined,
  lineOf: (path: readonly string[]) => string,
): UsageError {
  const path = (issue?.path ?? []).map(String);
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return new UsageError(
      `${lineOf([...path, key])}: unknown key ${[...path, key].join('.')}`,
      didYouMean(key, Object.keys(Config.shape)),
    );
  }
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return new UsageError(`${lineOf(path)}: ${where}${issue?.message ?? 'not understood'}`);
}

/** Where the key of a path begins in the text; the nearest parent where the key itself is not there. */
function offsetOf(document: Document, path: readonly string[]): number | undefined {
  let offset: number | undefined;
  let node: unknown = document.contents;
  for (const key of path) {
    const pair = pairsOf(node).find((each) => nameOf(each.key) === key);
    if (pair === undefined) return offset;
    offset = startOf(pair.key) ?? offset;
    node = pair.value;
  }
  return offset;
}

function pairsOf(node: unknown): { key: unknown; value: unknown }[] {
  return typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)
    ? node.items.filter(
        (item: unknown): item is { key: unknown; value: unknown } =>
          typeof item === 'object' && item !== null && 'key' in item && 'value' in item,
      )
    : [];
}

function nameOf(key: unknown): string | undefined {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : undefined;
}

function startOf(key: unknown): number | undefined {
  if (typeof key !== 'object' || key === null || !('range' in key) || !Array.isArray(key.range))
    return undefined;
  const start: unknown = key.range[0];
  return typeof start === 'number' ? start : undefined;
}
