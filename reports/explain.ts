import type { RunRecord, Verdict, Window } from '../lab/record.ts';
import { adviceSentences } from './explain/advice.ts';
import { budgetSentences } from './explain/budget.ts';
import { clientSentences } from './explain/clients.ts';
import { errorSentences } from './explain/errors.ts';
import { hostSentences } from './explain/host.ts';
import { networkSentences } from './explain/network.ts';
import { partsOf } from './explain/parts.ts';
import type { ExplainedPart } from './explain/parts.ts';
import { predictionSentences } from './explain/prediction.ts';
import { throughoutSentences } from './explain/throughout.ts';
import { exactSeconds, moment, shortSeconds } from './figures.ts';
import { shownVerdict, stillOpen, verdictSentence } from './verdict.ts';

/** A run in sentences, from its record alone. Texts of guests are in them as they were: whoever shows them escapes them. */
export interface Explanation {
  run: string;
  stack: string;
  scenario: string;
  verdict: Verdict;
  /** What happened, in one sentence. */
  summary: string;
  /** Under which conditions the figures hold. */
  conditions: string[];
  /** What was watched from the beginning of the run to its end: who held the service, a lock. */
  throughout: string[];
  windows: ExplainedWindow[];
}

export interface ExplainedWindow {
  name: string;
  title: string;
  stallSeconds: number | null;
  /** The stall and whose it is. */
  lead: string;
  parts: ExplainedPart[];
  /** Each a list of sentences; empty where there is nothing to say. */
  budget: string[];
  prediction: string[];
  clients: string[];
  errors: string[];
  network: string[];
  host: string[];
  advice: string[];
}

export function explain(record: RunRecord): Explanation {
  return {
    run: record.id,
    stack: record.stack,
    scenario: record.scenario,
    verdict: shownVerdict(record),
    summary: verdictSentence(record),
    conditions: conditionsOf(record),
    throughout: throughoutSentences(record),
    windows: record.windows.map((window) => explainWindow(window, record)),
  };
}

function explainWindow(window: Window, record: RunRecord): ExplainedWindow {
  return {
    name: window.name,
    title: window.title,
    stallSeconds: window.stallSeconds,
    lead: leadOf(window),
    parts: partsOf(window),
    budget: budgetSentences(window),
    prediction: predictionSentences(window),
    clients: clientSentences(window, record.clients),
    errors: errorSentences(window, record.clients),
    network: networkSentences(window, record),
    host: hostSentences(window, record),
    advice: adviceSentences(window, record),
  };
}

function leadOf(window: Window): string {
  const stall = window.stalls.find((each) => each.client === window.worst);
  if (window.stallSeconds === null || stall === undefined)
    return 'No write was acknowledged in this window, so there is no stall to explain.';
  if (window.stallSeconds === 0) return 'No client missed a write.';
  const length = exactSeconds(window.stallSeconds);
  return stillOpen(window)
    ? `${stall.client} waited longest: at least ${length}, from ${moment(stall.startMs)} on, and still when the window ended.`
    : `${stall.client} waited longest: ${length}, from ${moment(stall.startMs)} to ${moment(stall.endMs)}.`;
}

/** What else the figures rest on: emulation, a drawn phase, checks that would not judge. */
function conditionsOf(record: RunRecord): string[] {
  const { blow, accelerator, checks, faults } = record;
  const unproven = faults.filter((fault) => fault.provenAt === null);
  const against = checks.filter((check) => check.verdict !== 'pass');
  return [
    ...(accelerator === 'tcg'
      ? [
          'The machines ran in software emulation: what a processor does took several times longer than on hardware, timers did not.',
        ]
      : []),
    ...(blow === null
      ? []
      : [
          `The first fault came after a drawn wait of ${shortSeconds(blow.waitMs / 1000)} of the ${shortSeconds(blow.heartbeatIntervalMs / 1000)} between two heartbeats (seed ${String(blow.seed)}, run ${String(blow.run)} of ${String(blow.of)}).`,
        ]),
    ...unproven.map((fault) => `Nothing proves that ${fault.name} on ${fault.node} bit.`),
    ...against.map((check) => `${check.name} says ${check.verdict}: ${check.message}.`),
  ];
}
