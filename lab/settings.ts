import { z } from 'zod';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';
import type { Edition } from './plan.ts';
import type { Setting, Settings, Stack } from './stack.ts';
import type { LineOf, YamlPath } from './yaml-lines.ts';

/**
 * The settings of a stack: defaults of the edition, overridden by `--set name=value` texts or by YAML values, where
 * `nfs: {version: 4.1}` means the same as `nfs.version: 4.1`.
 * @throws UsageError for a name the stack does not have (with the nearest ones), for a value its setting refuses, and
 *   for values that contradict each other; the message holds the rule.
 */
export function resolveSettings(
  stack: Pick<Stack, 'name' | 'settings' | 'validate'>,
  edition: Edition,
  overrides: unknown,
): Settings {
  const given = flatten(overrides ?? {});
  const byName = new Map(stack.settings.map((setting) => [setting.name, setting]));
  for (const name of Object.keys(given))
    if (!byName.has(name))
      throw new UsageError(
        `${stack.name} has no setting ${JSON.stringify(name)}`,
        didYouMean(name, [...byName.keys()]),
      );
  const settings: Settings = Object.fromEntries(
    stack.settings.map((setting) => [
      setting.name,
      Object.hasOwn(given, setting.name) ? accept(setting, given[setting.name]) : setting.defaults[edition],
    ]),
  );
  const broken = stack.validate(settings);
  if (broken.length > 0)
    throw new UsageError(broken.join('\n'), `lab plan ${stack.name} shows every setting`);
  return settings;
}

/**
 * Settings of a YAML file by name, each checked by itself so that the message has its line.
 * @param at where in the file they are
 * @throws UsageError for a name that the stack does not have, and for a value that its setting refuses
 */
export function checkedSettings(
  stack: Pick<Stack, 'name' | 'settings'>,
  settings: Readonly<Record<string, unknown>>,
  lineOf: LineOf,
  at: YamlPath,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { path, value } of leavesOf(settings)) {
    const name = path.join('.');
    const line = lineOf([...at, ...path]);
    const setting = stack.settings.find((each) => each.name === name);
    if (setting === undefined)
      throw new UsageError(
        `${line}: ${stack.name} has no setting ${JSON.stringify(name)}`,
        didYouMean(
          name,
          stack.settings.map((each) => each.name),
        ),
      );
    const checked = setting.schema.safeParse(value);
    if (!checked.success)
      throw new UsageError(
        `${line}: ${name} cannot be ${JSON.stringify(value)}: ${checked.error.issues.map((issue) => issue.message).join('; ')}`,
        setting.description,
      );
    values[name] = value;
  }
  return values;
}

/** Every value of nested settings with the keys that lead to it: `nfs: {version: 3}` and `nfs.version: 3` are the same name. */
export function leavesOf(
  value: unknown,
  path: readonly string[] = [],
): { path: readonly string[]; value: unknown }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** @throws TypeError when a stack reads a number it never defined */
export function numberSetting(settings: Settings, name: string): number {
  const value = settings[name];
  if (typeof value !== 'number') throw new TypeError(`setting ${name} is no number`);
  return value;
}

/** @throws TypeError when a stack reads a text it never defined */
export function textSetting(settings: Settings, name: string): string {
  const value = settings[name];
  if (typeof value !== 'string') throw new TypeError(`setting ${name} is no text`);
  return value;
}

/** @throws TypeError when a stack reads a flag it never defined */
export function flagSetting(settings: Settings, name: string): boolean {
  const value = settings[name];
  if (typeof value !== 'boolean') throw new TypeError(`setting ${name} is neither on nor off`);
  return value;
}

function accept(setting: Setting, value: unknown): Settings[string] {
  const parsed = setting.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues.map((issue) => issue.message).join('; ');
  throw new UsageError(
    `${setting.name}=${typeof value === 'string' ? value : JSON.stringify(value)}: ${rule}`,
    setting.description,
  );
}

function flatten(value: unknown, prefix = ''): Record<string, unknown> {
  const mapping = z.record(z.string(), z.unknown()).safeParse(value);
  if (!mapping.success) throw new UsageError('settings are a mapping of names to values', 'as deadtime: 10');
  return Object.assign(
    {},
    ...Object.entries(mapping.data).map(([name, inner]) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? flatten(inner, `${prefix}${name}.`)
        : { [`${prefix}${name}`]: inner },
    ),
  ) as Record<string, unknown>;
}
