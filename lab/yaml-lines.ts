import { LineCounter, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';

/** Keys and, in lists, indexes that lead to a value. */
export type YamlPath = readonly (string | number)[];

/** `file:line` of a value; of its nearest parent where it is not there itself. */
export type LineOf = (path: YamlPath) => string;

export interface ReadYaml {
  value: unknown;
  lineOf: LineOf;
}

/**
 * Reads YAML text; an empty one is an empty mapping.
 * @param file its name, for messages
 * @throws UsageError with the line of what is no YAML
 */
export function readYaml(text: string, file: string): ReadYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors[0];
  if (broken !== undefined)
    throw new UsageError(
      `${file}:${String(lines.linePos(broken.pos[0]).line)}: ${broken.message.split('\n')[0] ?? ''}`,
    );
  const lineOf: LineOf = (path) => {
    const offset = offsetOf(document, path);
    return offset === undefined ? file : `${file}:${String(lines.linePos(offset).line)}`;
  };
  return { value: valueOf(document, file), lineOf };
}

/** @throws UsageError where aliases would make something huge of a small file */
function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * What a schema complains of, with its line; an unknown key is told with the nearest known one.
 * @param keysAt the keys that a mapping there may have
 */
export function yamlComplaint(
  issue: z.core.$ZodIssue | undefined,
  lineOf: LineOf,
  keysAt: (path: YamlPath) => readonly string[],
): UsageError {
  const { path, cause } = innermost(issue, []);
  if (cause?.code === 'unrecognized_keys') {
    const key = cause.keys[0] ?? '';
    return new UsageError(
      `${lineOf([...path, key])}: unknown key ${[...path, key].join('.')}`,
      didYouMean(key, keysAt(path)),
    );
  }
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return new UsageError(`${lineOf(path)}: ${where}${cause?.message ?? 'not understood'}`);
}

/** Of a value that may be of several kinds, the complaint about the kind that it is of. */
function innermost(
  issue: z.core.$ZodIssue | undefined,
  before: YamlPath,
): { path: YamlPath; cause: z.core.$ZodIssue | undefined } {
  const path = [
    ...before,
    ...(issue?.path ?? []).map((key) => (typeof key === 'symbol' ? String(key) : key)),
  ];
  if (issue?.code !== 'invalid_union') return { path, cause: issue };
  const fitting = issue.errors.find(
    ([first]) => first !== undefined && !(first.code === 'invalid_type' && first.path.length === 0),
  );
  return fitting === undefined ? { path, cause: issue } : innermost(fitting[0], path);
}

/** Where the key of a path begins in the text; the nearest parent where the key itself is not there. */
function offsetOf(document: Document, path: YamlPath): number | undefined {
  let offset: number | undefined;
  let node: unknown = document.contents;
  for (const key of path) {
    if (isSeq(node)) {
      const item: unknown = node.items[Number(key)];
      offset = startOf(item) ?? offset;
      node = item;
      continue;
    }
    const pair = isMap(node)
      ? node.items.find((each) => isScalar(each.key) && String(each.key.value) === String(key))
      : undefined;
    if (pair === undefined) return offset;
    offset = startOf(pair.key) ?? offset;
    node = pair.value;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}
