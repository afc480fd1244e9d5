import type { FaultContext } from '../../fault.ts';
import { waitFor } from '../../wait.ts';

/**
 * Asks the node again and again until its answer is the awaited one.
 * @returns the answer, trimmed
 * @throws TimeoutError with the last answer
 */
export async function untilItSays(
  { lab, node, signal }: FaultContext,
  awaited: string,
  command: string,
  holds: (answer: string) => boolean,
  timeoutMs: number,
): Promise<string> {
  return await waitFor(
    awaited,
    async () => {
      const { stdout } = await lab
        .machine(node)
        .exec(command, { timeoutMs: 20_000, signal, allowFailure: true });
      const answer = stdout.trim();
      return holds(answer) ? { done: true, value: answer } : { done: false, state: answer };
    },
    { timeoutMs, everyMs: 200, signal },
  );
}
