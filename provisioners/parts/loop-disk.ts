export interface LoopDisk {
  /** /dev/loop0 ... */
  device: string;
  image: string;
  sizeMib: number;
  /**
   * Name of a device-mapper device that covers it, one linear target: /dev/mapper/<name> is then what is used, and can be
   * made to fail or to stall while it is in use.
   */
  covered?: string;
}

/** What whoever uses the disk opens. */
export function usedDevice({ device, covered }: Pick<LoopDisk, 'device' | 'covered'>): string {
  return covered === undefined ? device : `/dev/mapper/${covered}`;
}

/** Commands that make the image files, sparse: nothing is written until the cluster writes. */
export function createImages(disks: readonly LoopDisk[]): string[] {
  return [
    `mkdir -p ${[...new Set(disks.map((disk) => disk.image.replace(/\/[^/]*$/, '')))].join(' ')}`,
    ...disks.map((disk) => `truncate -s ${String(disk.sizeMib)}M ${disk.image}`),
  ];
}

/** systemd unit that attaches the images at every boot, before whatever uses them. */
export function loopDiskUnit(disks: readonly LoopDisk[], before: readonly string[]): string {
  return [
    '[Unit]',
    'Description=Loop devices of the replicated storage',
    'After=local-fs.target',
    `Before=${before.join(' ')}`,
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    'ExecStartPre=/sbin/modprobe loop',
    ...(disks.some(({ covered }) => covered !== undefined) ? ['ExecStartPre=/sbin/modprobe dm-mod'] : []),
    ...disks.map((disk) => `ExecStart=/sbin/losetup ${disk.device} ${disk.image}`),
    ...coverCommands(disks).map((command) => `ExecStart=/sbin/${command}`),
    ...disks.flatMap(({ covered }) =>
      covered === undefined ? [] : [`ExecStop=-/sbin/dmsetup remove ${covered}`],
    ),
    ...disks.map((disk) => `ExecStop=-/sbin/losetup -d ${disk.device}`),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

/** Commands that cover the disks that are to be; device-mapper counts in sectors of 512 bytes. */
export function coverCommands(disks: readonly LoopDisk[]): string[] {
  return disks.flatMap(({ covered, device, sizeMib }) =>
    covered === undefined
      ? []
      : [`dmsetup create ${covered} --table "0 ${String(sizeMib * 2048)} linear ${device} 0"`],
  );
}
