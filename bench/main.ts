import { benchFabric } from './fabric.ts';
import { benchImage } from './image.ts';
import { benchJudgement } from './judgement.ts';
import { benchLabs, benchStallMeter } from './labs.ts';
import type { BenchRow } from './row.ts';
import { benchStore } from './store.ts';
import { benchVagrant } from './vagrant.ts';

/** `npm run bench [-- part ...]`. Measure on a host that does nothing else: two heavy things at once make both lie. */
const parts: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  fabric: benchFabric,
  'stall-meter': benchStallMeter,
  labs: benchLabs,
  image: benchImage,
  store: benchStore,
  judgement: benchJudgement,
  vagrant: benchVagrant,
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(64);
}
const rows: BenchRow[] = [];
for (const name of wanted) {
  console.error(`measuring ${name} ...`);
  rows.push(...((await parts[name]?.()) ?? []));
}
// A killed child's pipes may be held open by what it left running; the figures are complete.
process.stdout.write(`${table(rows)}\n`, () => process.exit(0));

function table(lines: readonly BenchRow[]): string {
  const columns = ['what', 'measured', 'goal', 'ratio'] as const;
  const width = (column: (typeof columns)[number]): number =>
    Math.max(column.length, ...lines.map((line) => line[column].length));
  const row = (cells: Readonly<Record<string, string>>): string =>
    columns
      .map((column) => (cells[column] ?? '').padEnd(width(column)))
      .join('  ')
      .trimEnd();
  return [
    row({ what: 'what', measured: 'measured', goal: 'goal', ratio: 'ratio' }),
    ...lines.map((line) => row({ ...line })),
  ].join('\n');
}
