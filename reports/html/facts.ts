import type { ClientResult, RunRecord } from '../../lab/record.ts';
import { count, moment, shortSeconds } from '../figures.ts';
import { errorStretchesOf } from '../failing.ts';
import { errorList } from '../verdict.ts';
import { h } from './escape.ts';
import type { Content, Html } from './escape.ts';
import { verdictBadge } from './head.ts';

/**
 * A table in a box that scrolls sideways where it does not fit. The first cell of each row heads it.
 * @param look.numeric columns of numbers, from 0
 * @param look.stacked for name, verdict and a long text: on a narrow screen the text stands below
 */
export function table(
  label: string,
  head: readonly Content[],
  rows: readonly (readonly Content[])[],
  look: { numeric?: readonly number[]; stacked?: boolean } = {},
): Html {
  const kind = (i: number): Content => look.numeric?.includes(i) === true && h` class="num"`;
  return h`<div class="scroll" role="region" tabindex="0" aria-label="${label}"><table${look.stacked === true && h` class="stacked"`}>
<thead><tr>${head.map((cell, i) => h`<th scope="col"${kind(i)}>${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) =>
      h`<tr>${cells.map((cell, i) => (i === 0 ? h`<th scope="row">${cell}</th>` : h`<td${kind(i)}>${cell}</td>`))}</tr>
`,
  )}</tbody></table></div>`;
}

/** More stretches of errors than this are counted. */
const mostStretches = 40;

export function checkSection(record: RunRecord): Html {
  const body =
    record.checks.length === 0
      ? h`<p class="note">No check was run.</p>`
      : table(
          'Checks',
          ['Check', 'Verdict', 'Found'],
          record.checks.map((check) => [check.name, verdictBadge(check.verdict), check.message]),
          { stacked: true },
        );
  return h`<section aria-labelledby="checks"><h2 id="checks">Checks</h2>${body}</section>`;
}

export function clientSection(record: RunRecord): Html {
  if (record.clients.length === 0) return h``;
  const windows = record.windows;
  const numeric = Array.from({ length: windows.length + 5 }, (_, i) => i + 1);
  const readBacks = record.clients.flatMap((client) =>
    client.readBacks.map((readBack) => [
      client.name,
      readBack.reader,
      count(readBack.records),
      ...(readBack.cutOff === true
        ? [`lacks ${count(readBack.lost)}, cut off`, count(readBack.damaged)]
        : [spoiled(readBack.lost), spoiled(readBack.damaged)]),
      readBack.examples.length === 0 ? '' : `${readBack.examples.join(', ')} …`,
    ]),
  );
  return h`<section aria-labelledby="clients"><h2 id="clients">Clients</h2>
${table(
  'Clients',
  [
    'Client',
    ...windows.map((window) => `Stall, ${window.name}`),
    'Writes',
    'Acknowledged',
    'Lost',
    'Damaged',
    'Errors',
  ],
  record.clients.map((client) => [
    client.name,
    ...windows.map((window) => stallIn(client, window.stalls)),
    count(client.operations),
    count(client.acknowledged),
    client.lost === null ? 'not known' : spoiled(client.lost),
    client.damaged === null ? 'not known' : spoiled(client.damaged),
    errorList(client.errors) || 'none',
  ]),
  { numeric },
)}
${failingTable(record)}
<h3>Read back afterwards</h3>
${
  readBacks.length === 0
    ? h`<p class="note">Nothing was read back.</p>`
    : table(
        'Acknowledged writes, read back',
        ['Writes of', 'Read by', 'Records', 'Lost', 'Damaged', 'First sequence numbers'],
        readBacks,
        { numeric: [2, 3, 4] },
      )
}
${
  record.locks !== null &&
  record.locks.outcome !== 'none' &&
  h`<h3>A lock through the run</h3>
<p>${record.locks.outcome === 'lost' ? h`<strong class="bad">lost</strong>` : record.locks.outcome}: ${record.locks.reason}</p>`
}</section>`;
}

/** When operations failed, by kind, apart from the stalls. */
function failingTable({ clients }: RunRecord): Html {
  const rows = clients.flatMap((client) =>
    errorStretchesOf(client).map(({ error, fromMs, toMs, operations }) => [
      client.name,
      error,
      count(operations),
      moment(fromMs),
      moment(toMs),
      shortSeconds((toMs - fromMs) / 1000),
    ]),
  );
  if (rows.length === 0) return h``;
  return h`<h3>Errors instead of waiting</h3>
${table('Errors', ['Client', 'Error', 'Writes', 'First', 'Last', 'Apart'], rows.slice(0, mostStretches), { numeric: [2, 3, 4, 5] })}
${rows.length > mostStretches && h`<p class="note">and ${count(rows.length - mostStretches)} more stretches.</p>`}`;
}

function stallIn(
  client: ClientResult,
  stalls: readonly { client: string; seconds: number; open: boolean }[],
): string {
  const stall = stalls.find((each) => each.client === client.name);
  if (stall === undefined) return 'no writes';
  return `${stall.open ? '> ' : ''}${shortSeconds(stall.seconds)}`;
}

function spoiled(records: number): Content {
  return records === 0 ? '0' : h`<strong class="bad">${count(records)}</strong>`;
}

export function faultSection(record: RunRecord): Html {
  if (record.faults.length === 0) return h``;
  const when = (ms: number | null): string => (ms === null ? 'never' : moment(ms));
  return h`<section aria-labelledby="faults"><h2 id="faults">Faults</h2>${table(
    'Faults',
    ['Fault', 'Node', 'Injected', 'Proven', 'Healed', 'Proof'],
    record.faults.map((fault) => [
      fault.name,
      fault.node,
      when(fault.injectedMs),
      when(fault.provenMs),
      when(fault.healedMs),
      fault.proof.length === 0 ? 'none' : h`<ul>${fault.proof.map((line) => h`<li>${line}</li>`)}</ul>`,
    ]),
    { numeric: [2, 3, 4] },
  )}</section>`;
}

export function finalSection(record: RunRecord): Html {
  const final = record.final;
  const body =
    final === null
      ? h`<p class="note">The final state was not read.</p>`
      : [
          h`<p>Service on ${final.active.length === 0 ? 'no node' : final.active.join(' and ')}, expected on ${final.expectedActive}.</p>`,
          table(
            'Health at the end',
            ['Condition', 'Verdict', 'Found'],
            [
              ...final.health.map((each) => [each.what, verdictBadge(each.ok ? 'pass' : 'fail'), each.found]),
              final.replicas === null
                ? ['replicas compared', verdictBadge('unknown'), 'the replicas were not compared']
                : [
                    `replicas identical (${final.replicas.method})`,
                    verdictBadge(final.replicas.identical ? 'pass' : 'fail'),
                    final.replicas.found,
                  ],
            ],
            { stacked: true },
          ),
        ];
  return h`<section aria-labelledby="final"><h2 id="final">How it was left</h2>${body}</section>`;
}
