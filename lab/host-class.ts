import type { RunRecord } from './record.ts';

/**
 * The kind of host of a run: what carried the machines, the processor and how many there were of it, as
 * `tcg / Intel(R) Xeon(R) Processor / 2 cores`. Figures of runs of different kinds are never compared. What a record does not
 * say is `unknown`, which is a kind of its own.
 */
export function hostClassOf({ accelerator, host }: Pick<RunRecord, 'accelerator' | 'host'>): string {
  const cpu = oneLine(host['cpu'] ?? '');
  const cores = oneLine(host['cores'] ?? '');
  return [
    oneLine(accelerator) === '' ? 'unknown' : oneLine(accelerator),
    cpu === '' ? 'unknown' : cpu,
    cores === '' ? 'unknown' : `${cores} ${cores === '1' ? 'core' : 'cores'}`,
  ].join(' / ');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
