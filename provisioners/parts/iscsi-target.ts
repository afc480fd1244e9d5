/** A target of tgt whose LUNs are files. tgt keeps LUN 0 for itself, so the first file is LUN 1. */
export interface FileTarget {
  iqn: string;
  files: readonly string[];
  writeCache: boolean;
}

/** Number of the first LUN that tgt gives to a disk. */
export const firstLun = 1;

/**
 * targets.conf(5) of tgt. Target and LUNs have fixed numbers, of which tgt makes their SCSI identities: the same disks on either
 * server. Without a write cache tgt calls fdatasync before it says that a write is done (usr/bs_rdwr.c).
 */
export function targetConf({ iqn, files, writeCache }: FileTarget): string {
  return [
    'default-driver iscsi',
    `<target ${iqn}>`,
    '    controller_tid 1',
    '    allow-in-use yes',
    `    write-cache ${writeCache ? 'on' : 'off'}`,
    ...files.flatMap((path, n) => [
      `    <backing-store ${path}>`,
      `        lun ${String(firstLun + n)}`,
      '    </backing-store>',
    ]),
    '</target>',
    '',
  ].join('\n');
}

/**
 * Drop-in of tgt.service for a target that moves (tgt 1.0.85). Its start: as packaged, the port is open while the LUNs are still
 * being made, and each connection is accepted and closed, upon which an initiator waits for its whole login timeout. Here the
 * clients' address is listened on last. Its stop: as packaged, the sessions are told to end and the target is deleted before
 * they have, which fails; tgtd then ignores SIGTERM until systemd's patience is over. Killed at once, it leaves nothing behind:
 * what it has acknowledged is written, and a client sends again what it has not.
 * @param address of the service, which is there before the target starts
 */
export function targetDropIn(address: string): string {
  return [
    '[Service]',
    'ExecStart=',
    'ExecStart=/usr/sbin/tgtd -f --iscsi portal=127.0.0.1:3260',
    `ExecStartPost=/usr/sbin/tgtadm --lld iscsi --op new --mode portal --param portal=${address}:3260`,
    'ExecStop=',
    'KillSignal=SIGKILL',
    'SuccessExitStatus=SIGKILL',
    '',
  ].join('\n');
}

/**
 * /etc/ha.d/resource.d/iscsi-target, called as the init script of the iSCSI Enterprise Target. `start` returns when the clients'
 * address is listened on, `stop` when nothing holds the files any more.
 */
export const targetResourceScript = `#!/bin/sh
# iSCSI target as a resource of heartbeat: start, stop, status.
say() {
	logger -t iscsi-target -p local0.info "info: iscsi-target $1"
}

case "$1" in
start)
	systemctl start tgt.service || exit 1
	say serving
	;;
stop)
	systemctl stop tgt.service || exit 1
	say stopped
	;;
status)
	if systemctl is-active --quiet tgt.service; then
		echo running
	else
		echo stopped
		exit 3
	fi
	;;
*)
	echo "usage: $0 start|stop|status" >&2
	exit 1
	;;
esac
exit 0
`;

/** Shell command that prints what `parseTarget` reads. */
export const showTarget = 'tgtadm --lld iscsi --op show --mode target';

export interface TargetState {
  iqn: string;
  ready: boolean;
  /** Disks that are online, with the files behind them. */
  luns: readonly { lun: number; path: string }[];
}

/** The first target that tgtadm shows; undefined when there is none. */
export function parseTarget(text: string): TargetState | undefined {
  const iqn = /^Target \d+: (\S+)$/m.exec(text)?.[1];
  if (iqn === undefined) return undefined;
  const [head = '', ...luns] = text.split(/^ +LUN: /m);
  return {
    iqn,
    ready: /^ +State: ready$/m.test(head),
    luns: luns.flatMap((part) => {
      const lun = Number(/^\d+/.exec(part)?.[0]);
      const path = /^ +Backing store path: (\/\S+)$/m.exec(part)?.[1];
      return path === undefined || !/^ +Online: Yes$/m.test(part) ? [] : [{ lun, path }];
    }),
  };
}

/** What is wrong with a target; empty when it serves every file under its number. */
export function targetFaults(state: TargetState | undefined, { iqn, files }: FileTarget): string[] {
  if (state === undefined) return ['no target'];
  return [
    ...(state.iqn === iqn ? [] : [`it is called ${state.iqn}`]),
    ...(state.ready ? [] : ['it is not ready']),
    ...files.flatMap((path, n) =>
      state.luns.some((each) => each.lun === firstLun + n && each.path === path)
        ? []
        : [`no LUN ${String(firstLun + n)} from ${path}`],
    ),
  ];
}
