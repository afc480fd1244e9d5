import type { ClientResult, RunRecord, Window } from '../lab/record.ts';
import { count, exactSeconds, percent, printable, roundSeconds, shortSeconds } from './figures.ts';
import { isSurprising, predictionLine, standingOf } from './explain/prediction.ts';
import { errorWindows } from './failing.ts';
import { phaseParts } from './phase-parts.ts';
import type { PhasePart } from './phase-parts.ts';
import { phaseBar, styleOf } from './terminal/bar.ts';
import { aligned, hanging, painter, verdictStyle, wrap } from './terminal/text.ts';
import type { Paint } from './terminal/text.ts';
import { brokenDetail, shownVerdict, stillOpen, sum, verdictSentence, worstClient } from './verdict.ts';

/**
 * The summary of a run for a terminal: verdict, clients, each stall cut into phases, checks, files.
 * @param options.colour whether escape sequences may be used
 * @param options.width columns of the terminal; lines are kept within it
 */
export function renderTerminal(record: RunRecord, options: { colour: boolean; width: number }): string {
  const paint = painter(options.colour);
  const width = Math.max(40, options.width);
  const sections = [
    headLines(record, width, paint),
    clientLines(record, width, paint),
    lockLines(record, width, paint),
    ...record.windows.map((window) => windowLines(window, width, paint)),
    checkLines(record, width, paint),
    fileLines(record, width, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headLines(record: RunRecord, width: number, paint: Paint): string[] {
  const verdict = shownVerdict(record);
  const client = worstClient(record);
  const stall =
    record.stallSeconds === null || client === undefined
      ? 'no stall measured'
      : `worst stall ${shortSeconds(record.stallSeconds)} (${client})`;
  const name = printable(`${record.scenario} on ${record.stack}`);
  const first = `${paint(verdictStyle[verdict], verdict.toUpperCase())}  ${paint('bold', name)}`;
  const sentence = wrap(verdictSentence(record), width);
  return record.broken === null
    ? [`${first}: ${printable(stall)}`, ...sentence]
    : [
        first,
        ...sentence.map((line) => paint(verdictStyle.unknown, line)),
        ...brokenDetail(record).flatMap((line) => hanging('  ', line, width)),
      ];
}

function clientLines(record: RunRecord, width: number, paint: Paint): string[] {
  if (record.clients.length === 0) return [];
  const windows = record.windows;
  const rows = record.clients.map((client) => [
    client.name,
    ...windows.map((window) => stallOf(client, window)),
    ...(windows.length === 0
      ? [client.stallSeconds === null ? 'none' : shortSeconds(client.stallSeconds)]
      : []),
    count(client.operations),
    count(client.acknowledged),
    count(sum(Object.values(client.errors))),
    client.lost === null ? 'unread' : count(client.lost),
    client.damaged === null ? 'unread' : count(client.damaged),
  ]);
  const stalls = windows.length === 0 ? ['stall'] : windows.map((window) => window.name);
  const head = ['client', ...stalls, 'writes', 'acked', 'errors', 'lost', 'damaged'];
  const [headLine = '', ...lines] = aligned([head, ...rows]);
  const failed = record.clients.flatMap((client) => {
    const errors = errorWindows(client);
    return errors === '' ? [] : hanging(`${printable(client.name)} failed with `, errors, width);
  });
  return [paint('dim', headLine), ...lines, ...failed];
}

function stallOf(client: ClientResult, window: Window): string {
  const stall = window.stalls.find((each) => each.client === client.name);
  if (stall === undefined) return 'no writes';
  return `${stall.open ? '> ' : ''}${shortSeconds(stall.seconds)}`;
}

/** What became of a lock that a client held; nothing where clients mount no NFS. */
function lockLines({ locks }: RunRecord, width: number, paint: Paint): string[] {
  if (locks === null || locks.outcome === 'none') return [];
  const { outcome, reason } = locks;
  const lines = hanging('lock  ', `${outcome}: ${reason}`, width);
  return outcome === 'lost' ? lines.map((line) => paint(verdictStyle.fail, line)) : lines;
}

function windowLines(window: Window, width: number, paint: Paint): string[] {
  const title = paint('bold', printable(`${window.name}: ${window.title}`));
  if (window.stallSeconds === null)
    return [title, '  no write was acknowledged: there is no stall to cut into phases'];
  const parts = phaseParts(window);
  const open = stillOpen(window) ? ', still open at the end' : '';
  const of = window.worst === null ? '' : ` (${window.worst}${open})`;
  const terms = window.budget.terms.map((term) => `${term.name} ${roundSeconds(term.seconds)}`).join(' + ');
  const over = window.stallSeconds > window.budget.seconds;
  const budget = [
    `stall ${exactSeconds(window.stallSeconds)}${of},`,
    `${percent(window.stallSeconds / window.budget.seconds)} of the budget of ${roundSeconds(window.budget.seconds)}`,
    terms === '' ? '' : `(${terms})`,
  ].join(' ');
  return [
    title,
    ...(parts.length === 0 ? [] : phaseBar(parts, width - 4, paint).map((line) => `  ${line}`)),
    ...legendLines(parts, width, paint),
    ...hanging('  ', budget, width).map((line) => (over ? paint(verdictStyle.fail, line) : line)),
    ...predictionLines(window, width, paint),
  ];
}

/** What was expected; marked where the run was otherwise, which fails nothing. */
function predictionLines(window: Window, width: number, paint: Paint): string[] {
  const line = predictionLine(window);
  if (line === '') return [];
  const unexpected = isSurprising(window);
  return hanging('  ', unexpected ? `${line}; unexpected: ${standingOf(window)}` : line, width).map((each) =>
    unexpected ? paint(verdictStyle.unknown, each) : each,
  );
}

function legendLines(parts: readonly PhasePart[], width: number, paint: Paint): string[] {
  const nameWidth = Math.max(0, ...parts.map((part) => printable(part.name).length));
  return parts.flatMap((part) => {
    const number = String(part.number).padStart(2);
    const seconds = part.ms === null ? '-'.padStart(8) : exactSeconds(part.ms / 1000).padStart(8);
    const lead = `  ${number} ${printable(part.name).padEnd(nameWidth)}  ${seconds}  `;
    const [first = '', ...rest] = hanging(lead, evidenceOf(part), width);
    return [paint(styleOf(part), first.slice(0, 5)) + first.slice(5), ...rest];
  });
}

function evidenceOf(part: PhasePart): string {
  const notes: string[] = [];
  if (part.ms === null)
    notes.push(part.insideOf === undefined ? 'not observed' : `not observed, inside ${part.insideOf}`);
  else if (!part.observed) notes.push('not observed');
  if (part.includes.length > 0) notes.push(`with ${part.includes.join(', ')}`);
  if (part.governedBy !== undefined) notes.push(part.governedBy);
  const note = notes.length === 0 ? '' : ` [${notes.join('; ')}]`;
  return `${part.evidence}${note}`.trim();
}

function checkLines(record: RunRecord, width: number, paint: Paint): string[] {
  if (record.checks.length === 0) return [];
  const passed = record.checks.filter((check) => check.verdict === 'pass').length;
  const lines = record.checks.flatMap((check) => {
    const verdict = (check.verdict === 'pass' ? 'ok' : check.verdict).padEnd(7);
    const [first = '', ...rest] = hanging(`  ${verdict}  `, `${check.name}: ${check.message}`, width);
    return [`  ${paint(verdictStyle[check.verdict], verdict)}${first.slice(9)}`, ...rest];
  });
  const tally = `${String(passed)} of ${String(record.checks.length)} passed`;
  return [`${paint('bold', 'checks')} ${paint('dim', tally)}`, ...lines];
}

function fileLines(record: RunRecord, width: number, paint: Paint): string[] {
  if (record.files.length === 0) return [];
  return [paint('bold', 'files'), ...hanging('  ', record.files.join(' '), width)];
}
