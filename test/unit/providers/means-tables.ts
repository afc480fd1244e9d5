import { proofs, type Deed, type Proof } from '../../../lab/providers/deed.ts';
import { deeds } from '../../../lab/providers/means.ts';
import type { ProviderName } from '../../../lab/provider.ts';

export const providerNames: readonly ProviderName[] = ['qemu', 'virtualbox', 'libvirt'];

/** The part of docs/providers.md that tells what is done with what, as Prettier would write it. */
export function meansTables(rows: readonly Deed[] = deeds): string {
  const overview = rows.map(({ what, capability, by }) => [
    what,
    capability === null ? '' : `\`${capability}\``,
    ...providerNames.map((name) => {
      const means = by[name];
      return 'how' in means ? means.proof : 'no';
    }),
  ]);
  return [
    ...markdownTable([['what', 'capability', ...providerNames], ...overview]),
    '',
    ...(Object.keys(proofs) as Proof[]).map((proof) => `- **${proof}**: ${proofs[proof]}.`),
    '- **no**: the provider cannot do it.',
    ...providerNames.flatMap((name) => ['', `### ${name}`, '', ...providerTable(name, rows)]),
  ].join('\n');
}

function providerTable(name: ProviderName, rows: readonly Deed[]): string[] {
  return markdownTable([
    ['what', 'how', 'after a power cycle'],
    ...rows.map(({ what, by }) => {
      const means = by[name];
      return 'how' in means ? [what, means.how, means.afterPowerCycle] : [what, `no: ${means.instead}`, '-'];
    }),
  ]);
}

/** The first row is the heading. */
function markdownTable([heading = [], ...rows]: readonly (readonly string[])[]): string[] {
  const cells = [heading, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = heading.map((_, i) => Math.max(3, ...cells.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width, filler)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [
    line(first),
    line(
      heading.map(() => ''),
      '-',
    ),
    ...others.map((row) => line(row)),
  ];
}
