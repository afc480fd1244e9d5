import { LabError, exitCode } from '../../../errors.ts';

export const sectorBytes = 512;
/** 1 MiB: where partitioning tools put the first partition, and where GRUB's core has room before it. */
export const firstSector = 2048;

/** Of the master boot record: code, disk signature, four partitions, the mark of its end. */
const codeBytes = 440;
const signatureOffset = 440;
const firstEntryOffset = 446;
const markOffset = 510;

/** A start or end that cylinders, heads and sectors cannot tell, so that the fields with sector numbers count. */
const noGeometry = [0xfe, 0xff, 0xff] as const;
const linux = 0x83;
const active = 0x80;

/**
 * All that lies before the first partition: the master boot record with one Linux partition, and GRUB's core behind it, where
 * GRUB's boot sector looks for it (sector 1).
 * @param bootSector GRUB's boot.img; its first 440 bytes are used
 * @param core GRUB's core.img
 * @param partitionBytes size of the file system, a multiple of 512
 * @see https://www.gnu.org/software/grub/manual/grub/html_node/Images.html
 */
export function beforeFirstPartition(
  bootSector: Uint8Array,
  core: Uint8Array,
  partitionBytes: number,
): Buffer {
  const room = (firstSector - 1) * sectorBytes;
  if (bootSector.length < codeBytes || core.length === 0 || core.length > room)
    throw new LabError(
      `the image's boot code does not fit: ${String(bootSector.length)} and ${String(core.length)} bytes, with room for ${String(room)}`,
      { exitCode: exitCode.bug },
    );
  const bytes = Buffer.alloc(firstSector * sectorBytes);
  bytes.set(bootSector.subarray(0, codeBytes), 0);
  bytes.write('lab-', signatureOffset, 'latin1');
  bytes.set([active, ...noGeometry, linux, ...noGeometry], firstEntryOffset);
  bytes.writeUInt32LE(firstSector, firstEntryOffset + 8);
  bytes.writeUInt32LE(partitionBytes / sectorBytes, firstEntryOffset + 12);
  bytes.set([0x55, 0xaa], markOffset);
  bytes.set(core, sectorBytes);
  return bytes;
}
