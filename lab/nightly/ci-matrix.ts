import { stringify } from 'yaml';
import type { NightCell } from '../night.ts';
import { shellQuote } from '../quote.ts';
import { labNameOf, variantOf } from './lab-name.ts';
import type { Shard } from './shard.ts';
import { splitCells } from './shard.ts';

/** A shard as a job of a CI system. */
export interface CiJob {
  shard: Shard;
  name: string;
  /** Arguments of `lab nightly`, quoted for a shell. */
  args: string;
  /** Expected, from the history of the host that lists. */
  minutes: number;
  cells: string[];
}

/**
 * A night as jobs, none of them empty. All draw from one seed.
 * @param words further arguments, which each job has to get
 */
export function ciJobs(cells: readonly NightCell[], of: number, words: readonly string[]): CiJob[] {
  return splitCells(cells, of).flatMap((part, i): CiJob[] => {
    if (part.length === 0) return [];
    const shard = { index: i + 1, of };
    const text = `${String(shard.index)}/${String(of)}`;
    const labs = new Map(part.map((cell) => [labNameOf(cell), cell.estimate.provisionSeconds]));
    const seconds =
      [...labs.values()].reduce((sum, each) => sum + each, 0) +
      part.reduce((sum, { repeats, estimate }) => sum + repeats * estimate.runSeconds, 0);
    return [
      {
        shard,
        name: `${text} ${[...new Set(part.map(variantOf))].join(' ')}`,
        args: ['--shard', text, ...words].map(shellQuote).join(' '),
        minutes: Math.ceil(seconds / 60),
        cells: part.map(({ key }) => key),
      },
    ];
  });
}

/** What `strategy.matrix` of GitHub Actions takes through `fromJSON`: one line of JSON, for $GITHUB_OUTPUT. */
export function githubMatrix(jobs: readonly CiJob[]): string {
  return JSON.stringify({
    include: jobs.map(({ shard, name, args, minutes }) => ({
      shard: `${String(shard.index)}of${String(shard.of)}`,
      name,
      args,
      minutes,
    })),
  });
}

/** A child pipeline of GitLab with a job for each shard. @param out the results folder, as seen from the checkout */
export function gitlabPipeline(jobs: readonly CiJob[], out: string): string {
  const each = jobs.map(({ shard, name, args, minutes }) => [
    `nightly ${name}`,
    {
      stage: 'nightly',
      script: [`./bin/lab.js nightly ${args}`],
      // A host that is slower than this one is no reason to lose what it has measured.
      timeout: `${String(60 + 2 * minutes)} minutes`,
      variables: { LAB_SHARD: `${String(shard.index)}of${String(shard.of)}` },
      artifacts: { when: 'always', paths: [`${out}/`], expire_in: '30 days' },
    },
  ]);
  return stringify({ stages: ['nightly'], ...Object.fromEntries(each) }, { lineWidth: 0 });
}
