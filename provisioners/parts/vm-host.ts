/** User-Mode Linux as the hypervisor of a node: a unit that runs a virtual machine, and a resource of heartbeat around it. */

export interface VmHost {
  /** Name of the virtual machine. */
  name: string;
  image: string;
  memoryMib: number;
  /** Its address, without prefix. */
  address: string;
  port: number;
  /** NIC of the node towards the clients, and the interface that leads to the virtual machine. */
  nic: string;
  tap: string;
  stopSeconds: number;
  startSeconds: number;
}

/** Tag of the console's lines in syslog, and where they are kept. */
export const consoleTag = 'vm-console';
export const consoleLog = '/var/log/vm-console.log';

/** Folder of User-Mode Linux's pid file and console socket, below /run. */
const runFolder = 'vm';

/** rsyslog: the console in a file of its own, and nowhere else. */
export const consoleLogging = `:programname, isequal, "${consoleTag}" -${consoleLog}\n& stop\n`;

/**
 * Nothing enables it: heartbeat starts it. Its memory is a file in TMPDIR; without address space randomisation (setarch -R) it
 * needs no more of it than it was given. The kernel of the virtual machine gets everything else on its command line. `ubd0s`
 * opens the disk with O_SYNC: the driver of Linux 6.1 drops the flushes of the file systems on it, so that a power cut of the node
 * would take what the virtual machine had synced.
 */
export function vmUnit(vm: VmHost): string {
  const { name, image, memoryMib, tap, stopSeconds } = vm;
  return `[Unit]
Description=Virtual machine ${name}
# When the node shuts down, heartbeat goes first and stops it itself.
Before=heartbeat.service

[Service]
Environment=TMPDIR=/dev/shm
RuntimeDirectory=${runFolder}
ExecStart=/usr/bin/setarch -R /usr/bin/linux.uml umid=${name} uml_dir=/run/${runFolder}/ mem=${String(memoryMib)}M \\
  ubd0s=${image} root=/dev/ubda ro rootfstype=ext4 con0=null,fd:1 con=null ssl=null \\
  vec0:transport=tap,ifname=${tap},mac=02:00:00:00:00:20
ExecStop=/usr/local/sbin/vm-shutdown ${name}
TimeoutStopSec=${String(stopSeconds)}
KillSignal=SIGKILL
SyslogIdentifier=${consoleTag}
StandardInput=null
`;
}

/**
 * Presses Ctrl-Alt-Del through the management console of User-Mode Linux (arch/um/drivers/mconsole.h: magic, version, length,
 * text), and waits until the process is gone; systemd bounds that.
 */
export const vmShutdownProgram = `#!/usr/bin/perl
use strict; use warnings;
use Socket;
my ($name) = @ARGV;
my $folder = "/run/${runFolder}/$name";
open my $file, '<', "$folder/pid" or exit 0;
my $pid = <$file> + 0;
socket my $console, PF_UNIX, SOCK_DGRAM, 0 or die "socket: $!\\n";
bind $console, pack_sockaddr_un("$folder/reply") or die "$folder/reply: $!\\n";
my $word = 'cad';
send $console, pack('L3 a512', 0xcafebabe, 2, length $word, $word), 0, pack_sockaddr_un("$folder/mconsole")
  or die "$folder/mconsole: $!\\n";
select undef, undef, undef, 0.1 while kill 0, $pid;
`;

/**
 * /etc/ha.d/resource.d/vm, called as vm::NAME in haresources. The virtual machine is reached through the node: a route to its
 * interface, an answer to ARP in its name (proxy_arp: of the addresses of its network this is the only one that the node has a
 * route for over another card), an announcement. \`start\` returns when its web server answers.
 */
export function vmResourceScript(vm: VmHost): string {
  const { address, port, nic, tap, startSeconds } = vm;
  return `#!/bin/sh
# A virtual machine as a resource of heartbeat: vm NAME start|stop|status.
name=$1
say() {
	logger -t vm -p local0.info "info: vm $1"
}

running() {
	[ -r "/run/${runFolder}/$name/pid" ] && read -r pid <"/run/${runFolder}/$name/pid" && grep -qs "umid=$name" "/proc/$pid/cmdline"
}

connect() {
	[ -e /sys/class/net/${tap} ] || ip tuntap add dev ${tap} mode tap
	for card in ${nic} ${tap}; do
		echo 1 >/proc/sys/net/ipv4/conf/$card/forwarding
		echo 1 >/proc/sys/net/ipv4/conf/$card/proxy_arp
		echo 0 >/proc/sys/net/ipv4/neigh/$card/proxy_delay
	done
	ip link set dev ${tap} up
	own=$(ip -4 -o addr show dev ${nic} | sed -n 's/.* inet \\([0-9.]*\\)\\/.*/\\1/p' | head -n 1)
	ip route replace ${address}/32 dev ${tap} src "$own"
}

# What clients send to a machine that shuts down would only keep it from doing so.
disconnect() {
	echo 0 >/proc/sys/net/ipv4/conf/${nic}/proxy_arp
	echo 0 >/proc/sys/net/ipv4/conf/${nic}/forwarding
	[ ! -e /sys/class/net/${tap} ] || ip link set dev ${tap} down
}

announce() {
	/usr/libexec/heartbeat/send_arp -i 200 -r 5 -p /run/vm-send-arp.pid ${nic} ${address} auto not_used not_used >/dev/null 2>&1 &
}

# One process that tries twice a second: starting programs is dear on an emulated machine.
answers() {
	perl -e 'use Socket; my ($address, $port, $seconds) = @ARGV; my $end = time + $seconds;
		while (time < $end) {
			socket my $s, PF_INET, SOCK_STREAM, 0 or die;
			setsockopt $s, SOL_SOCKET, SO_SNDTIMEO, pack("q2", 1, 0);
			exit 0 if connect $s, pack_sockaddr_in($port, inet_aton($address));
			select undef, undef, undef, 0.5;
		}
		exit 1' ${address} ${String(port)} ${String(startSeconds)}
}

case "$2" in
start)
	connect || exit 1
	announce
	systemctl start vm.service || exit 1
	answers || exit 1
	say serving
	;;
stop)
	disconnect
	systemctl stop vm.service || exit 1
	! running || exit 1
	[ ! -e /sys/class/net/${tap} ] || ip link del dev ${tap}
	say stopped
	;;
status)
	if running; then
		echo running
	else
		echo stopped
		exit 3
	fi
	;;
*)
	echo "usage: $0 NAME start|stop|status" >&2
	exit 1
	;;
esac
exit 0
`;
}
