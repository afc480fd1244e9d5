/** What a small virtual machine consists of: Linux, busybox, e2fsck, Perl with one web server. */

export interface Guest {
  /** Disk of the virtual machine, a file on the node. */
  image: string;
  sizeMib: number;
  /** With prefix length, as 192.168.33.20/24. */
  address: string;
  port: number;
  /** Path below the pages that takes uploads. */
  uploads: string;
}

/** Where the pages are, inside the virtual machine. */
export const guestPages = '/srv/www';
/** What the last boot's check of the file system said; a page for everybody. */
export const bootReport = '/boot';

/** The programs of busybox that the scripts below call. */
const applets = 'sh init mount ip uname sync sleep killall poweroff reboot cat';

/**
 * Run by init before anything else. The root is mounted read-only then, so that e2fsck may repair it. -f: the whole file
 * system, not only the journal's word for it. Of its status 2 asks for a reboot, 4 and above for a person (e2fsck(8)).
 */
export const guestBoot = `#!/bin/sh
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t tmpfs tmpfs /tmp
echo "vm: Linux $(uname -r) is up, its root still read-only"
e2fsck -f -p /dev/ubda >/tmp/fsck 2>&1
status=$?
while read -r line; do echo "vm: fsck: $line"; done </tmp/fsck
echo "vm: fsck ended with status $status"
if [ "$status" -ge 4 ]; then
	echo 'vm: nothing is served, the file system needs repair by hand'
	while :; do sleep 3600; done
fi
[ "$status" -lt 2 ] || reboot -f
mount -o remount,rw,noatime /
{ echo "status $status"; cat /tmp/fsck; } >${guestPages}${bootReport}
sync
`;

/** Run by the server once it listens. */
export function guestNetwork({ address }: Pick<Guest, 'address'>): string {
  return `#!/bin/sh
export PATH=/bin:/sbin
ip link set lo up
ip addr add ${address} brd + dev vec0 2>/dev/null
ip link set vec0 up
`;
}

export const guestShutdown = `#!/bin/sh
export PATH=/bin:/sbin
echo 'vm: shutting down'
killall perl
sleep 1
sync
mount -o remount,ro / && echo 'vm: root is read-only'
`;

/** inittab of busybox: Ctrl-Alt-Del, which the node sends to stop it, powers off. */
export function guestInittab({ port, uploads }: Pick<Guest, 'port' | 'uploads'>): string {
  return [
    '::sysinit:/etc/boot',
    `::respawn:/usr/bin/perl /srv/server ${String(port)} ${guestPages} ${uploads} /etc/network`,
    '::ctrlaltdel:/bin/poweroff',
    '::shutdown:/etc/shutdown',
    '',
  ].join('\n');
}

/** What the disk is made of, beside the node's programs. */
export interface GuestFiles {
  server: string;
  boot: string;
  network: string;
  shutdown: string;
  inittab: string;
}

/**
 * Commands that make the disk on a node. Programs with their libraries are the node's own; of Perl only the modules that the
 * server loads. The file is written in full first: a hole would have to be allocated in the node's file system while the
 * virtual machine waits for its fsync.
 * @param files paths on the node
 */
export function guestDisk({ image, sizeMib, uploads }: Guest, files: GuestFiles): string[] {
  const folder = image.slice(0, image.lastIndexOf('/'));
  return [
    `mkdir -p ${folder}`,
    'tree=$(mktemp -d)',
    `cd "$tree" && mkdir -p bin sbin dev proc sys tmp etc usr/bin ${guestPages.slice(1)}${uploads}`,
    'cp /bin/busybox bin/busybox',
    `for applet in ${applets}; do ln -s busybox bin/$applet; done`,
    'ln -s ../bin/busybox sbin/init',
    'cp /usr/bin/perl usr/bin/perl; cp /sbin/e2fsck sbin/e2fsck',
    `modules=$(perl -e 'use strict; use warnings; use Fcntl; use Socket; use IO::Handle; use Errno; ` +
      `print "$_\\n" for values %INC, @DynaLoader::dl_shared_objects')`,
    `libraries=$(ldd /usr/bin/perl /sbin/e2fsck | sed -n 's/^.* => //; s/^[[:space:]]*\\(\\/[^ ]*\\) .*/\\1/p' | sort -u)`,
    'for needed in $modules $libraries; do mkdir -p ".${needed%/*}"; cp -L "$needed" ".$needed"; done',
    `cp ${files.server} srv/server; cp ${files.inittab} etc/inittab`,
    ...(['boot', 'network', 'shutdown'] as const).map(
      (name) => `cp ${files[name]} etc/${name}; chmod 755 etc/${name}`,
    ),
    `cd / && dd if=/dev/zero of=${image} bs=1M count=${String(sizeMib)} conv=fsync status=none`,
    `mke2fs -q -F -t ext4 -b 4096 -N 1024 -J size=4 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0 -d "$tree" ${image}`,
    'rm -rf "$tree"',
  ];
}
