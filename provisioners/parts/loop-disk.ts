export interface LoopDisk {
  /** /dev/loop0 ... */
  device: string;
  image: string;
  sizeMib: number;
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
    ...disks.map((disk) => `ExecStart=/sbin/losetup ${disk.device} ${disk.image}`),
    ...disks.map((disk) => `ExecStop=-/sbin/losetup -d ${disk.device}`),
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}
