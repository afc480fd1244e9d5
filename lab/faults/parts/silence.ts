import { hostNowMs } from '../../clock.ts';
import type { FaultContext } from '../../fault.ts';
import { waitFor } from '../../wait.ts';

/** Clients that write ten times a second, and a cluster that says every second or two that it lives, are not silent for so long. */
const silenceMs = 1500;

/**
 * Waits until the others have heard nothing from the node for a while.
 * @param network only frames on this one count; absent means any
 * @param where what is silent, as people call it
 * @returns when its last frame came, on the host's clock, and a sentence with its witness
 * @throws TimeoutError when it goes on sending, or was never heard: its silence says nothing then
 */
export async function untilSilent(
  { lab, node, signal }: Pick<FaultContext, 'lab' | 'node' | 'signal'>,
  timeoutMs: number,
  { network, where = node, forMs = silenceMs }: { network?: string; where?: string; forMs?: number } = {},
): Promise<{ lastMs: number; sentence: string }> {
  const witness = lab.network.witness === 'fabric' ? 'the fabric' : 'the other guests';
  return await waitFor(
    `no frame to come from ${where}`,
    async () => {
      const lastMs = await lab.network.lastFrameFromMs(node, network);
      if (lastMs === null) return { done: false, state: 'it never sent a frame' };
      const silent = hostNowMs() - lastMs;
      return silent >= forMs
        ? {
            done: true,
            value: {
              lastMs,
              sentence: `${witness} saw no frame from ${where} for ${(silent / 1000).toFixed(1)} s`,
            },
          }
        : { done: false, state: `last frame ${silent.toFixed(0)} ms ago` };
    },
    { timeoutMs, everyMs: 100, signal },
  );
}
