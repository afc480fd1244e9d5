import { Rules } from '../lab/judgement.ts';
import { ratesOf, usualSystem, type SimulatedSystem } from '../test/fixtures/simulated-nights.ts';
import type { BenchRow } from './row.ts';

const rules = Rules.parse({});
/** LAB_BENCH_NIGHTS=100 for a first look. */
const nights = Number(process.env['LAB_BENCH_NIGHTS'] ?? 1000);

const systems: readonly [string, Partial<SimulatedSystem>, Partial<Rules>?][] = [
  ['noise ±2 %', { noise: 0.02 }],
  ['noise ±5 %', { noise: 0.05 }],
  ['noise ±10 %', { noise: 0.1 }],
  ['noise ±10 %, no confirming runs', { noise: 0.1 }, { confirmRepeats: 0 }],
  ['noise ±5 %, nights differ by ±3 %', { cellScatter: 0.02, nightScatter: 0.02 }],
  ['noise ±3 %, 30 % of runs a timeout later', { noise: 0.03, lateShare: 0.3 }],
  ['noise ±5 %, history of 1 night', { nightsBefore: 1 }],
  ['noise ±5 %, history of 3 nights', { nightsBefore: 3 }],
  ['noise ±5 %, 2 repeats', { repeats: 2 }],
  ['noise ±5 %, 2 repeats, history of 1 night', { repeats: 2, nightsBefore: 1 }],
];

/** What the rules of nightly.yaml make of whole nights of 40 cells whose runs are drawn: docs/nightly-judgement.md. */
export function benchJudgement(): Promise<BenchRow[]> {
  const rows = systems.flatMap(([what, changes, otherRules = {}], i): BenchRow[] => {
    const system = { ...usualSystem, ...changes };
    const counts = { unchanged: nights, changed: Math.ceil(nights / 4) };
    const rates = ratesOf(1000 + i, system, { ...rules, ...otherRules }, counts);
    const perThousand = (1000 * rates.falseAlarms) / rates.nights;
    return [
      {
        what: `false alarms in 1,000 nights, ${what}`,
        measured: perThousand.toFixed(1),
        goal: '10',
        ratio: (perThousand / 10).toFixed(2),
      },
      {
        what: `20 % slower found, ${what}`,
        measured: `${(100 * rates.detected).toFixed(1)} %`,
        goal: '90 %',
        ratio: (rates.detected / 0.9).toFixed(2),
      },
      {
        what: `confirming runs of an unchanged night, ${what}`,
        measured: rates.moreRuns.toFixed(1),
        goal: `of ${String(system.cells * system.repeats)}`,
        ratio: (rates.moreRuns / (system.cells * system.repeats)).toFixed(2),
      },
    ];
  });
  return Promise.resolve(rows);
}
