import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError, messageOf } from '../errors.ts';
import { bestProvider, type ProviderChoice } from '../host/candidates.ts';
import { labsHome } from '../labs.ts';
import type { ReadNightConfig } from '../nightly/config.ts';
import { defaultNight, nightlyFile, parseNightConfig } from '../nightly/config.ts';
import { durationSeconds } from '../nightly/duration.ts';
import type { NightChoice } from '../nightly/matrix.ts';
import type { Shard } from '../nightly/shard.ts';
import { parseShard } from '../nightly/shard.ts';
import type { Provider } from '../provider.ts';
import { vagrantCandidates } from './candidates.ts';
import { repeatOf, seedOf } from './commands/scenario.ts';
import { boxFor, readConfig } from './config.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './program.ts';
import { askedProvider } from './provider-choice.ts';
import { openProvider } from './registry.ts';
import { assignments } from './request.ts';

/** What the command line of `lab nightly` says. */
export interface NightOptions extends GlobalOptions {
  config?: string;
  stacks?: string;
  scenarios?: string;
  set?: string[];
  repeat?: string;
  seed?: string;
  budget?: string;
  shard?: string;
  shards?: string;
  resume?: string | true;
  list?: true;
  format?: string;
  notify?: string;
  out?: string;
}

export const defaultOut = 'lab-results';

/** Flags, environment and file together: what holds for the night, whatever it runs. */
export interface NightRequest {
  read: ReadNightConfig;
  choice: NightChoice;
  /** Absolute path of the results folder. */
  out: string;
  seed: number;
  budgetSeconds: number | undefined;
  shard: Shard | null;
  notifyUrl: string | undefined;
}

/** @throws UsageError naming the flag, or the line of the file */
export async function nightRequest(context: CliContext, options: NightOptions): Promise<NightRequest> {
  const read = await readNightConfig(context.cwd, options.config);
  const { config, lineOf } = read;
  const budget = options.budget ?? config.budget;
  const stacks = listOf(options.stacks, '--stacks');
  const scenarios = listOf(options.scenarios, '--scenarios');
  return {
    read,
    choice: {
      ...(stacks === undefined ? {} : { stacks }),
      ...(scenarios === undefined ? {} : { scenarios }),
      ...(options.set === undefined ? {} : { set: assignments(options.set) }),
      ...(options.repeat === undefined ? {} : { repeats: repeatOf(options.repeat) }),
    },
    out: resolve(context.cwd, options.out ?? config.out ?? defaultOut),
    seed: seedOf(options.seed, 1) ?? config.seed ?? randomInt(2 ** 32),
    budgetSeconds:
      budget === undefined
        ? undefined
        : durationSeconds(
            budget,
            options.budget === undefined ? `${lineOf(['budget'])}: budget` : '--budget',
          ),
    shard: options.shard === undefined ? null : parseShard(options.shard),
    notifyUrl: options.notify === undefined ? config.notify : checkedUrl(options.notify),
  };
}

/** The file that is named, which has to be there; else nightly.yaml, where there is one. */
async function readNightConfig(cwd: string, named: string | undefined): Promise<ReadNightConfig> {
  const file = named ?? nightlyFile;
  let text: string;
  try {
    text = await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    if (named === undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return defaultNight;
    throw new UsageError(
      `${file} cannot be read: ${messageOf(error)}`,
      'docs/nightly.example.yaml shows one; without a file every stack meets every scenario once',
    );
  }
  return parseNightConfig(text, file);
}

function listOf(text: string | undefined, flag: string): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === ''))
    throw new UsageError(`${flag} ${JSON.stringify(text)}: a name is empty`, `${flag} a,b`);
  return [...new Set(names)];
}

function checkedUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`--notify: not an address that begins with http:// or https://`);
}

/** `--provider`, LAB_PROVIDER, nightly.yaml, lab.yaml, else the best of this host. */
export async function nightProvider(
  context: CliContext,
  options: GlobalOptions,
  named: string | undefined,
): Promise<{ provider: Provider; choice: ProviderChoice }> {
  const labConfig = await readConfig(context.cwd);
  const choice =
    askedProvider(options, context.env, {}) ??
    (named === undefined ? undefined : { name: named, why: `${nightlyFile} says so` }) ??
    askedProvider(options, context.env, labConfig) ??
    bestProvider(await vagrantCandidates(context.env));
  const provider = await openProvider(choice.name, {
    home: labsHome(context.cwd),
    boxFor: (platform) =>
      platform.image === undefined ? boxFor(platform, labConfig) : labConfig.boxes?.[platform.name],
  });
  return { provider, choice };
}
