import { UsageError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { FileStep, Plan, PlanSection, PlanStep } from '../plan.ts';
import { shellQuote } from '../quote.ts';

/**
 * What a plan does on one node, as a POSIX shell script that a person can run there. Before a
 * step that may need what other nodes have done it stops and says what that is; nodes that do the same steps side by side
 * meet again where their ways part. Secrets are in it: keep it as one.
 * @throws UsageError naming the nearest nodes when the plan has no such node
 */
export function renderShell(plan: Plan, node: string): string {
  const names = plan.nodes.map((each) => each.name);
  if (!names.includes(node))
    throw new UsageError(
      `the plan of ${plan.stack} has no node ${JSON.stringify(node)}`,
      didYouMean(node, names),
    );
  return [
    '#!/bin/sh',
    comment(`${plan.title}: what is done on ${node}. Run as root.`),
    comment(`Stack ${plan.stack}, edition ${plan.edition}.`),
    ...plan.introduction.map((text) => comment(text)),
    'set -e',
    helpers,
    ...renderSections(plan.sections, node),
    '',
  ].join('\n');
}

/** Installs what is missing; on an image that has everything it changes nothing and needs no archive. */
export function installCommand(packages: readonly string[]): string {
  const names = packages.map(shellQuote).join(' ');
  return [
    'missing=',
    `for package in ${names}; do`,
    '  dpkg-query -W -f \'${Status}\\n\' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"',
    'done',
    '[ -z "$missing" ] || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing',
  ].join('\n');
}

const helpers = `
# barrier TEXT: other nodes must have come so far; on a terminal, wait for a key.
barrier() {
  echo "before going on: $1"
  if [ -t 0 ]; then
    printf 'press Enter when that is so '
    read -r _
  fi
}

# wait_for WHAT SECONDS COMMAND: look every second until the command ends with status 0.
wait_for() {
  left=$2
  until seen=$(sh -c "$3" 2>&1); do
    left=$((left - 1))
    if [ "$left" -le 0 ]; then
      echo "waited $2 s for $1; last seen: $seen" >&2
      exit 1
    fi
    sleep 1
  done
}
`;

function renderSections(sections: readonly PlanSection[], node: string): string[] {
  const lines: string[] = [];
  /** What the other nodes have done last, since the last barrier; each does its steps in order. */
  let elsewhere = new Map<string, string>();
  let due = false;
  let company = '';
  for (const section of sections) {
    lines.push('', comment(section.articleSection ?? section.title));
    for (const step of section.steps) {
      const here = step.nodes.includes(node);
      // Packages and files need nothing of other nodes.
      const leans = here && (step.kind === 'run' || step.kind === 'wait');
      if (leans && elsewhere.size > 0 && (due || step.nodes.join() !== company)) {
        lines.push('', renderBarrier(elsewhere));
        elsewhere = new Map();
        due = false;
      }
      for (const other of step.nodes) if (other !== node) elsewhere.set(other, step.title);
      if (!here) {
        due = true;
        continue;
      }
      company = step.nodes.join();
      lines.push(
        '',
        comment(step.title),
        ...(step.why === undefined ? [] : [comment(step.why)]),
        renderStep(step),
      );
    }
  }
  return lines;
}

function renderBarrier(elsewhere: ReadonlyMap<string, string>): string {
  const text = [...elsewhere].map(([node, title]) => `"${title}" is done on ${node}`).join('; ');
  return `barrier ${shellQuote(text)}`;
}

function renderStep(step: PlanStep): string {
  switch (step.kind) {
    case 'packages':
      return installCommand(step.packages);
    case 'file':
      return renderFile(step);
    case 'run':
      return subshell(step.commands.join('\n'));
    case 'wait':
      return `wait_for ${shellQuote(step.awaited)} ${String(Math.ceil(step.timeoutMs / 1000))} ${shellQuote(step.until)}`;
  }
}

/** Commands of one step share a shell of their own: a cd ends with it. */
function subshell(commands: string): string {
  return `(\nset -e\n${commands}\n)`;
}

function renderFile(step: FileStep): string {
  const folder = step.path.replace(/\/[^/]*$/, '') || '/';
  const path = shellQuote(step.path);
  const fresh = shellQuote(`${step.path}.new`);
  return [
    `mkdir -p ${shellQuote(folder)}`,
    `(umask 077; ${writer(step.content, fresh)}`,
    `chmod ${step.mode.toString(8).padStart(4, '0')} ${fresh}`,
    `mv ${fresh} ${path}`,
  ].join('\n');
}

/** The rest of the line after "(umask 077; ", with a here-document where the content is whole lines. */
function writer(content: string, file: string): string {
  if (!content.endsWith('\n')) return `printf %s ${shellQuote(content)} > ${file})`;
  const lines = content.split('\n');
  let delimiter = 'END_OF_FILE';
  while (lines.includes(delimiter)) delimiter += '_';
  return `cat > ${file}) <<'${delimiter}'\n${content}${delimiter}`;
}

function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => `# ${line}`)
    .join('\n');
}
