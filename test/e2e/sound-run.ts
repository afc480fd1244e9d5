import { expect } from 'chai';
import { RunRecord } from '../../lab/record.ts';
import { lab, type Outcome } from './rig.ts';

export interface SoundRun {
  record: RunRecord;
  outcome: Outcome;
  /** The host was too busy with other things for its figures to mean anything; what must never happen, must not even then. */
  starved: boolean;
}

const attempts = 3;

/** Runs a scenario on a stack and keeps the lab; again, twice at most, while the host is too busy for its figures. */
export async function soundRun(
  scenario: string,
  stack: string,
  settings: readonly string[] = [],
  further: readonly string[] = [],
): Promise<SoundRun> {
  const set = [...settings.flatMap((setting) => ['--set', setting]), ...further];
  for (let attempt = 1; ; attempt++) {
    const outcome = await lab('scenario', scenario, '--stack', stack, ...set, '--keep', '--json');
    if (outcome.stdout === '')
      throw new Error(`no record; status ${String(outcome.status)}: ${outcome.stderr}`);
    const [record] = RunRecord.array().parse(JSON.parse(outcome.stdout));
    if (record === undefined) throw new Error(`no record: ${outcome.stderr}`);
    const starved = record.checks.find((check) => check.name === 'measurement-sound')?.verdict !== 'pass';
    if (!starved || attempt === attempts) return { record, outcome, starved };
  }
}

/** Every check of the scenario passes, but for those that a starved host spoils. */
export function expectPass({ record, outcome, starved }: SoundRun, checks: number): void {
  const told = record.checks.map((check) => `${check.verdict} ${check.name}: ${check.message}`).join('\n');
  expect(record.broken, told).to.equal(null);
  const spoiled = starved ? ['measurement-sound', 'stall-within-budget'] : [];
  const bad = record.checks.filter((check) => check.verdict !== 'pass' && !spoiled.includes(check.name));
  expect(bad, told).to.deep.equal([]);
  expect(record.checks).to.have.length(checks);
  if (!starved) expect([record.verdict, outcome.status], told).to.deep.equal(['pass', 0]);
}
