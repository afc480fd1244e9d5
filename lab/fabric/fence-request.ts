import { UsageError } from '../errors.ts';
import { fenceActions, type FenceAction } from '../fencing.ts';

/**
 * The protocol of the fence channel. A request is a line of words: `ID list`, `ID status NODE`, `ID off NODE`, `ID on NODE`,
 * `ID reboot NODE`. The answer is `ID ok on`, `ID ok off` or the names of the servers, or `ID error TEXT`. The asker chooses the
 * id, so that it knows its answer from one that was meant for an asker before it.
 */
export type FenceRequest =
  { id: string; action: 'list' } | { id: string; action: 'status' | FenceAction; node: string };

/** No request is longer. */
export const maxRequestLength = 160;

const idPattern = /^[A-Za-z0-9]{1,32}$/;
const nodePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The id that an answer to this line has to carry; undefined when it has none, and nobody could know the answer for its own. */
export function requestId(line: string): string | undefined {
  const [id = ''] = line.split(' ', 1);
  return idPattern.test(id) ? id : undefined;
}

/** @throws UsageError that says what is wrong */
export function parseFenceRequest(line: string): FenceRequest {
  const id = requestId(line);
  const [action, node, ...more] = line.split(' ').slice(1);
  if (id === undefined || line.length > maxRequestLength || more.length > 0) throw noRequest(line);
  if (action === 'list' && node === undefined) return { id, action };
  const wanted = (['status', ...fenceActions] as const).find((each) => each === action);
  if (wanted === undefined) throw noRequest(line);
  if (node === undefined || !nodePattern.test(node)) throw new UsageError(`${wanted} of which server?`);
  return { id, action: wanted, node };
}

function noRequest(line: string): UsageError {
  return new UsageError(`not a request: ${JSON.stringify(line.slice(0, 60))}`);
}
