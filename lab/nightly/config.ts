import { z } from 'zod';
import { Rules } from '../judgement.ts';
import type { LineOf, YamlPath } from '../yaml-lines.ts';
import { readYaml, yamlComplaint } from '../yaml-lines.ts';
import { durationPattern } from './duration.ts';

export const nightlyFile = 'nightly.yaml';

/** Part of the key of a cell and of the name of a lab. */
const Label = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens between them')
  .max(20)
  .refine((label) => label !== 'period' && label !== 'current', 'that is the name of an edition')
  .describe('Tells several variants of one stack apart');
const ScenarioNames = z.array(z.string()).min(1);
const SettingValues = z.record(z.string(), z.unknown());
const Repeats = z.int().min(1).max(1000);

export const StackEntry = z.strictObject({
  stack: z.string().describe('Name of a stack: lab list stacks'),
  label: Label.optional(),
  edition: z.enum(['current', 'period']).optional().describe('Default: current'),
  settings: SettingValues.optional().describe('Settings of this stack: lab list settings --stack <stack>'),
  scenarios: ScenarioNames.optional().describe(
    'Instead of those of the night. One that makes no sense on this stack is an error here',
  ),
  repeats: Repeats.optional().describe('Instead of the repeats of the night'),
});
export type StackEntry = z.infer<typeof StackEntry>;

export const NightConfig = z.strictObject({
  stacks: z
    .array(z.union([z.string(), StackEntry]))
    .min(1)
    .optional()
    .describe('Default: every stack'),
  scenarios: ScenarioNames.optional().describe(
    'Default: every scenario. On a stack on which one makes no sense it is left out, and the plan says why',
  ),
  settings: SettingValues.optional().describe('For every stack that has a setting of this name'),
  repeats: Repeats.default(1).describe('How often each stack meets each scenario'),
  seed: z
    .int()
    .nonnegative()
    .optional()
    .describe('What the moments of the faults are drawn from. Default: another one each night, kept with it'),
  provider: z.string().optional().describe('What runs the machines: lab list providers'),
  budget: z
    .string()
    .regex(durationPattern, 'a time as 4h, 90m or 1h30m')
    .optional()
    .describe('How long the night may take, as 4h, 90m or 1h30m. Default: until all is run'),
  out: z.string().min(1).optional().describe('Results folder. Default: lab-results'),
  rules: Rules.prefault({}).describe('What makes a cell worse than its accepted history'),
  accept: z
    .enum(['unchanged', 'never'])
    .default('unchanged')
    .describe('Whether a night without a regression extends the accepted history by itself'),
  notify: z
    .url({ protocol: /^https?$/, error: 'an address that begins with http:// or https://' })
    .optional()
    .describe('Where the verdict of the night is posted to as JSON'),
});
export type NightConfig = z.infer<typeof NightConfig>;

/** What nightly.yaml says; `lineOf` finds the line of a key, for messages. */
export interface ReadNightConfig {
  config: NightConfig;
  lineOf: LineOf;
}

/** What holds where there is no file: every stack, every scenario that suits it, once. */
export const defaultNight: ReadNightConfig = { config: NightConfig.parse({}), lineOf: () => nightlyFile };

/** @throws UsageError with the line of what is wrong */
export function parseNightConfig(text: string, file: string = nightlyFile): ReadNightConfig {
  const { value, lineOf } = readYaml(text, file);
  const parsed = NightConfig.safeParse(value);
  if (!parsed.success) throw yamlComplaint(parsed.error.issues[0], lineOf, keysAt);
  return { config: parsed.data, lineOf };
}

function keysAt(path: YamlPath): readonly string[] {
  if (path.length === 0) return Object.keys(NightConfig.shape);
  if (path[0] === 'stacks') return Object.keys(StackEntry.shape);
  return path[0] === 'rules' ? Object.keys(Rules.shape) : [];
}

/** JSON schema of nightly.yaml, for editors. */
export function nightlyJsonSchema(): object {
  return {
    ...z.toJSONSchema(NightConfig, { io: 'input' }),
    title: 'nightly.yaml of lab',
  };
}
