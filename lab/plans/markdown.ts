import type { Erratum, Plan, PlanSection, PlanStep } from '../plan.ts';

/** The plan as a runbook: sections in order, files in full, secrets as dots, mistakes of the article where they matter. */
export function renderMarkdown(plan: Plan): string {
  const placed = new Set(plan.sections.map((section) => section.articleSection));
  const rest = plan.errata.filter((erratum) => !placed.has(erratum.section));
  const blocks = [
    `# ${oneLine(plan.title)}`,
    `Stack \`${plan.stack}\`, edition \`${plan.edition}\`.`,
    ...plan.introduction.map(oneLine),
    table(
      ['node', 'role', 'addresses'],
      plan.nodes.map((node) => [node.name, node.role, node.addresses.join(', ')]),
    ),
    '## Settings',
    table(
      ['setting', 'value'],
      Object.entries(plan.settings).map(([name, value]) => [name, value === '' ? '(none)' : String(value)]),
    ),
    ...plan.sections.flatMap((section, n) =>
      renderSection(
        section,
        n + 1,
        plan.errata.filter((erratum) => erratum.section === section.articleSection),
      ),
    ),
    ...(rest.length === 0 ? [] : ['## Further errata', ...rest.flatMap(renderErratum)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function renderSection(section: PlanSection, number: number, errata: readonly Erratum[]): string[] {
  return [
    `## ${String(number)} ${oneLine(section.title)}`,
    ...(section.articleSection === undefined ? [] : [`*Article: ${section.articleSection}*`]),
    ...(section.text === undefined ? [] : [section.text.split('\n').map(oneLine).join('  \n')]),
    ...section.steps.flatMap(renderStep),
    ...(errata.length === 0 ? [] : ['### Errata', ...errata.flatMap(renderErratum)]),
  ];
}

function renderStep(step: PlanStep): string[] {
  const head = [
    `**${step.nodes.join(', ')}:** ${oneLine(step.title)}.`,
    ...(step.why === undefined ? [] : [oneLine(step.why)]),
  ];
  switch (step.kind) {
    case 'packages':
      return [...head, fenced('sh', `apt-get install ${step.packages.join(' ')}`)];
    case 'file':
      return [
        ...head,
        `\`${step.path}\`, mode ${step.mode.toString(8).padStart(4, '0')}:`,
        fenced('', step.secret === true ? dotted(step.content) : step.content),
      ];
    case 'run':
      return [...head, fenced('sh', step.commands.join('\n'))];
    case 'wait':
      return [
        ...head,
        `Look until this ends with status 0, for ${String(Math.round(step.timeoutMs / 1000))} s at most:`,
        fenced('sh', step.until),
      ];
  }
}

function renderErratum(erratum: Erratum): string[] {
  return [
    [
      `> **The article says:** ${oneLine(erratum.says)}`,
      `> **Right:** ${oneLine(erratum.right)}`,
      `> **Why:** ${oneLine(erratum.why)}`,
      `> **Here:** ${oneLine(erratum.handling)}`,
    ].join('  \n'),
  ];
}

/** A row of dots for every line, of a length that says nothing of the secret. */
function dotted(content: string): string {
  return content
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : '••••••••'))
    .join('\n');
}

function fenced(language: string, content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${content.replace(/\n$/, '')}\n${fence}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => oneLine(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text of one line in which nothing is markup: a plan's words are plain text. */
function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/[<*`\\]/g, '\\$&');
}
