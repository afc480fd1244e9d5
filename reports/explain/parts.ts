import type { Window } from '../../lab/record.ts';
import { exactSeconds, shortSeconds } from '../figures.ts';
import { phaseParts } from '../phase-parts.ts';
import type { PhasePart } from '../phase-parts.ts';

/** A part of a stall in words. */
export interface ExplainedPart {
  phase: string;
  /** null when its end was not observed. */
  seconds: number | null;
  governedBy: string | null;
  sentence: string;
  /** What was seen, by whom, and how well the length is known; empty where nothing was. */
  evidence: string;
}

/** What went on in a phase, by its name; stacks share these words. */
const goingOn: Readonly<Record<string, string>> = {
  detect: 'the cluster waited before it called the silent server dead',
  decide: 'the cluster made up its mind',
  fence: 'the lost server was fenced',
  'held-up': 'the client waited already, before anybody had ordered the release',
  release: 'the other server gave the service up',
  address: 'the service address was brought up',
  promote: 'the replica was promoted',
  mount: 'the file system was mounted',
  nfs: 'the NFS server was started, before what the clients waited for',
  boot: 'the virtual machine was booted',
  fsck: 'the virtual machine checked its file system',
  serve: 'the service was started',
  export: 'the export was made',
  grace: 'the new server let clients reclaim what they held, and nothing else',
  'server-boot': 'the server booted',
  form: 'the cluster waited for its other server, and then made up its mind',
  start: 'the service was started',
  outage: 'the fault kept the client away',
  reconnect: 'the client had not written again yet',
  resume: 'the client was connected and had not written again yet',
  open: 'the client still waited when the window ended; for what is not known',
  'not attributed': 'no event of the record explains this time',
};

/** The stall part by part, in order; the seconds of the observed ones add up to it. */
export function partsOf(window: Window): ExplainedPart[] {
  const { stallSeconds } = window;
  if (stallSeconds === null || stallSeconds === 0) return [];
  return phaseParts(window).map((part) => ({
    phase: part.name,
    seconds: part.ms === null ? null : part.ms / 1000,
    governedBy: part.governedBy ?? null,
    sentence: isUndivided(window)
      ? `${shortSeconds(stallSeconds)}: the service did not move in this window; what held the client up is not known.`
      : sentenceOf(part, stallSeconds),
    evidence: evidenceOf(part),
  }));
}

/** True where no event was looked for that would cut the stall: the service was not to move. */
export function isUndivided({ phases }: Pick<Window, 'phases'>): boolean {
  return phases.length === 1 && phases[0]?.name === 'reconnect';
}

function sentenceOf(part: PhasePart, stallSeconds: number): string {
  const what = goingOn[part.name];
  if (part.ms === null)
    return part.insideOf === undefined
      ? `${part.name}: its end was not observed, and no other phase is known to hold its time.`
      : `${part.name}: its end was not observed; its time is inside ${part.insideOf}.`;
  const length = `${shortSeconds(part.ms / 1000)} of ${shortSeconds(stallSeconds)}`;
  const setting = part.governedBy === undefined ? '' : `, governed by ${part.governedBy}`;
  const inside =
    part.includes.length === 0 ? '' : `; ${part.includes.join(' and ')}, not observed, is in here too`;
  const told =
    part.name === 'detect' && part.governedBy !== undefined
      ? `the cluster waited for ${part.governedBy} before it called the silent server dead`
      : `${what ?? ''}${setting}`;
  return `${length} ${part.name}${what === undefined ? '' : ': '}${told}${inside}.`;
}

function evidenceOf(part: PhasePart): string {
  if (part.name === 'not attributed' || part.evidence === '') return '';
  if (part.ms === null) return `${part.evidence}.`;
  const off = part.uncertaintyMs > 0 ? `, known to ±${part.uncertaintyMs.toFixed(1)} ms,` : '';
  return `Ended after ${exactSeconds(part.ms / 1000)}${off} with: ${part.evidence}.`;
}
