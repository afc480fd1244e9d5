import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { HostError, messageOf } from '../errors.ts';

/** Room for the records and logs of some runs; captures take more. */
const leastFreeBytes = 64 * 1024 * 1024;

/**
 * Makes the folder where it is missing.
 * @throws HostError when runs could not be kept there: better now than when one was measured for minutes
 */
export async function makeReady(folder: string, leastBytes = leastFreeBytes): Promise<void> {
  let freeBytes: number;
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    freeBytes = bavail * bsize;
  } catch (error) {
    throw new HostError(`no run can be kept in ${folder}: ${messageOf(error)}`, '--out <folder>', error);
  }
  if (freeBytes >= leastBytes) return;
  const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;
  throw new HostError(
    `no run can be kept in ${folder}: ${mib(freeBytes)} are free there, and it takes ${mib(leastBytes)}`,
    'free space there (lab prune removes old runs), or name another folder with --out',
  );
}
