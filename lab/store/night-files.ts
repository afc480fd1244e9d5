import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, messageOf } from '../errors.ts';
import { Night } from '../night.ts';
import { replaceFile } from './record-files.ts';

export const nightFile = 'night.json';

/** The folder of a night in a results folder. */
export function nightDirectory(folder: string, id: string): string {
  return join(folder, 'nights', id);
}

/** Writes night.json, whole or not at all; it is on disk when this returns. @throws HostError when it cannot be written */
export async function keepNight(folder: string, night: Night): Promise<void> {
  const directory = nightDirectory(folder, night.id);
  try {
    await mkdir(directory, { recursive: true });
    await replaceFile(join(directory, nightFile), `${JSON.stringify(night, null, 2)}\n`);
  } catch (error) {
    throw new HostError(
      `${join(directory, nightFile)} cannot be written: ${messageOf(error)}`,
      'the runs themselves are kept; free space there, then lab nightly --resume',
      error,
    );
  }
}

/** Every night of a results folder, by id, and those that cannot be read. */
export async function readNights(
  folder: string,
): Promise<{ nights: Night[]; setAside: { night: string; problem: string }[] }> {
  const nights: Night[] = [];
  const setAside: { night: string; problem: string }[] = [];
  const names = (await readdir(join(folder, 'nights'), { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  for (const name of names)
    try {
      const night = Night.parse(
        JSON.parse(await readFile(join(nightDirectory(folder, name), nightFile), 'utf8')),
      );
      if (night.id === name) nights.push(night);
      else
        setAside.push({ night: name, problem: `it holds the night ${night.id}, and is not called like it` });
    } catch (error) {
      setAside.push({ night: name, problem: messageOf(error).split('\n')[0] ?? '' });
    }
  return { nights, setAside };
}
