import { messageOf } from '../../lab/errors.ts';
import type { Health } from '../../lab/stack.ts';

/** One line of a lab's health. */
export type Condition = Health[number];

/** A condition that is well when the work names nothing wrong; an error makes it fail with its message. */
export async function tried(what: string, work: () => Promise<string[]>): Promise<Condition> {
  try {
    const wrong = await work();
    return { what, ok: wrong.length === 0, found: wrong.length === 0 ? 'yes' : wrong.join(', ') };
  } catch (error) {
    return { what, ok: false, found: messageOf(error) };
  }
}
