import type { ClientResult, Window } from '../../lab/record.ts';
import { exactSeconds, shortSeconds } from '../figures.ts';

/** How the other clients fared beside the one that waited longest. */
export function clientSentences(window: Window, clients: readonly ClientResult[]): string[] {
  const worst = window.stalls.find((stall) => stall.client === window.worst);
  if (worst === undefined) return [];
  const others = clients.filter((client) => client.name !== worst.client);
  return others.map((client) => {
    const stall = window.stalls.find((each) => each.client === client.name);
    if (stall === undefined)
      return `${client.name} acknowledged nothing up to the end of this window: it has no stall.`;
    const length = `${client.name} waited ${stall.open ? 'at least ' : ''}${exactSeconds(stall.seconds)}`;
    const lessMs = (worst.seconds - stall.seconds) * 1000;
    const { intervalMs } = client.samples;
    if (lessMs <= intervalMs)
      return `${length}, as long as ${worst.client} to within one interval of its schedule (${String(intervalMs)} ms).`;
    return `${length}, ${shortSeconds(lessMs / 1000)} less than ${worst.client}: it began ${apart(stall.startMs - worst.startMs)} and ended ${apart(stall.endMs - worst.endMs)}.`;
  });
}

function apart(ms: number): string {
  if (Math.round(ms) === 0) return 'at the same time';
  return `${shortSeconds(Math.abs(ms) / 1000)} ${ms < 0 ? 'earlier' : 'later'}`;
}
