import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { RigError, messageOf } from '../errors.ts';
import { recordOf, type RunRecord } from '../record.ts';

export const recordFile = 'record.json';
/** Most of a record's bytes are samples, which only drawings read. */
export const samplesFile = 'samples.json.gz';
/** A day of two clients that write every 10 ms, with room to spare; a file that claims more is not ours. */
const mostSampleBytes = 1024 * 1024 * 1024;

/** A record on disk: in place of each client's samples stands the name of the file that has them. */
const WithoutSamples = z.looseObject({
  id: z.string(),
  clients: z.array(z.looseObject({ samples: z.literal(samplesFile) })).min(1),
});

const SamplesOfRun = z.strictObject({
  run: z.string(),
  /** In the order of the record's clients. */
  clients: z.array(z.strictObject({ name: z.string(), samples: z.unknown() })),
});

/** Writes the record into the folder of its run; record.json appears last, and whole. */
export async function writeRecord(
  directory: string,
  record: RunRecord,
  { flush = true }: { flush?: boolean } = {},
): Promise<void> {
  const clients = record.clients.map(({ name, samples }) => ({ name, samples }));
  const packed = await promisify(gzip)(JSON.stringify({ run: record.id, clients }));
  if (clients.length > 0) await writeFile(join(directory, samplesFile), packed, { flush });
  const bare = { ...record, clients: record.clients.map((client) => ({ ...client, samples: samplesFile })) };
  await replaceFile(join(directory, recordFile), `${JSON.stringify(bare)}\n`, { flush });
}

/** Whoever reads the file has the old text or the new one; unless told otherwise it is on disk when this returns. */
export async function replaceFile(
  file: string,
  text: string,
  { flush = true }: { flush?: boolean } = {},
): Promise<void> {
  await writeFile(`${file}.new`, text, { flush });
  await rename(`${file}.new`, file);
}

/**
 * Reads a record and its samples, which are in the file itself or beside it.
 * @throws RigError naming the file that is missing, damaged, of another run or of a newer schema
 */
export async function readRecordFile(file: string): Promise<RunRecord> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new RigError(`${file}: not a record: ${messageOf(error)}`);
  }
  const bare = WithoutSamples.safeParse(json);
  return recordOf(bare.success ? await withSamples(bare.data, join(dirname(file), samplesFile)) : json, file);
}

async function withSamples(bare: z.infer<typeof WithoutSamples>, file: string): Promise<unknown> {
  const { run, clients } = await readSamples(file);
  if (run !== bare.id) throw new RigError(`${file}: these are samples of ${run}, not of ${bare.id}`);
  return {
    ...bare,
    clients: bare.clients.map((client, i) => {
      const own = clients[i];
      if (own === undefined || own.name !== client['name'])
        throw new RigError(`${file}: no samples of the client ${String(client['name'])}`);
      return { ...client, samples: own.samples };
    }),
  };
}

async function readSamples(file: string): Promise<z.infer<typeof SamplesOfRun>> {
  try {
    const text = await promisify(gunzip)(await readFile(file), { maxOutputLength: mostSampleBytes });
    return SamplesOfRun.parse(JSON.parse(text.toString('utf8')));
  } catch (error) {
    throw new RigError(`${file}: not the samples of a run: ${messageOf(error).split('\n')[0] ?? ''}`);
  }
}
