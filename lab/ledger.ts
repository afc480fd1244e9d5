import { crc32 } from 'node:zlib';
import type { LedgerEntry } from './probe.ts';
import type { ReadBack } from './record.ts';

/**
 * Bytes of a record with its newline. One size for all, so that a torn record shows by its length, and small enough
 * that an append is one write.
 */
export const recordBytes = 128;

/** Sequence numbers are ten digits wide, zero-padded. */
const sequenceDigits = 10;
const examplesKept = 10;
const headerPattern = 'lab1 (?<client>[a-z][a-z0-9-]{0,30}) (?<sequence>\\d{10}) ';
const header = new RegExp(`^${headerPattern}`);
const headerAhead = new RegExp(`(?=${headerPattern.replaceAll(/\?<\w+>/g, '?:')})`);

/** What a line of a records file turned out to be. */
export interface FoundRecord {
  client: string;
  sequence: number;
  /** CRC-32 of the payload, when the record is whole and its payload is the one of its client and sequence. */
  crc: string | null;
}

/**
 * The payload of an operation: `<client>:<sequence>;` over and over, cut to the length that makes the record
 * `recordBytes` long. It follows from client and sequence, so a record proves itself wherever it is found, and
 * every part of it names the operation it came from.
 */
export function payloadOf(client: string, sequence: number): string {
  const unit = `${client}:${padded(sequence)};`;
  const bytes = recordBytes - `lab1 ${client} ${padded(sequence)} 01234567 \n`.length;
  return unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes);
}

/** CRC-32 (ISO 3309, as zlib and gzip compute it), eight lower-case hex digits. */
export function crcOf(payload: string): string {
  return crc32(payload).toString(16).padStart(8, '0');
}

/**
 * The line a writer appends for one operation, 128 bytes of ASCII:
 *
 *     lab1 <client> <sequence, ten digits> <CRC-32 of the payload, eight hex digits> <payload>\n
 */
export function formatRecord(client: string, sequence: number): string {
  const payload = payloadOf(client, sequence);
  return `lab1 ${client} ${padded(sequence)} ${crcOf(payload)} ${payload}\n`;
}

/**
 * Finds the records in a file's text, in its order, duplicates included. Tolerant: a torn record does not hide the next
 * one, whether or not a newline stands between them; text that is no record is skipped.
 */
export function parseRecords(text: string): FoundRecord[] {
  return text.split(headerAhead).flatMap((piece) => {
    const groups = header.exec(piece)?.groups;
    const client = groups?.['client'];
    if (client === undefined) return [];
    const sequence = Number(groups?.['sequence']);
    const whole = piece.startsWith(formatRecord(client, sequence));
    return [{ client, sequence, crc: whole ? crcOf(payloadOf(client, sequence)) : null }];
  });
}

/**
 * Compares what a client was acknowledged with what a reader found. Lost: no record of the sequence at all. Damaged: only
 * torn or altered ones, or one whose CRC is not the ledger's. A record may be there twice (NFS repeats a request whose
 * reply was lost), and unacknowledged ones may be there too.
 * @param text of the records file, as the reader saw it
 * @param reader `client sv02` or `replica nfs01`
 */
export function readBack(
  written: { client: string; ledger: readonly LedgerEntry[] },
  text: string,
  reader: string,
): ReadBack {
  const whole = new Map<number, string>();
  const seen = new Set<number>();
  for (const record of parseRecords(text)) {
    if (record.client !== written.client) continue;
    seen.add(record.sequence);
    if (record.crc !== null) whole.set(record.sequence, record.crc);
  }
  const missing = written.ledger.filter(({ sequence, crc }) => whole.get(sequence) !== crc.toLowerCase());
  const damaged = missing.filter(({ sequence }) => seen.has(sequence)).length;
  return {
    reader,
    records: whole.size,
    lost: missing.length - damaged,
    damaged,
    examples: missing.slice(0, examplesKept).map(({ sequence }) => sequence),
  };
}

function padded(sequence: number): string {
  return String(sequence).padStart(sequenceDigits, '0');
}
