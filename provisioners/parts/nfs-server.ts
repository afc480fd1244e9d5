/** exports(5). A fixed fsid keeps file handles valid whatever device number the file system has on the other server. */
export function exportsFile(path: string, network: string): string {
  return `${path} ${network}(rw,no_root_squash,sync,no_subtree_check,fsid=1)\n`;
}

/** /etc/nfs.conf.d: nfs.conf(5). */
export function nfsConf(options: {
  threads: number;
  leaseTime: number;
  graceTime: number;
  serviceAddress: string;
}): string {
  return [
    '[nfsd]',
    `threads=${String(options.threads)}`,
    `lease-time=${String(options.leaseTime)}`,
    `grace-time=${String(options.graceTime)}`,
    'vers3=y',
    'vers4=y',
    'vers4.1=y',
    'vers4.2=y',
    '',
    '# Clients hold their locks with the service address: notices of a restart must come from it, at every takeover.',
    '[sm-notify]',
    `outgoing-addr=${options.serviceAddress}`,
    'force=1',
    '',
  ].join('\n');
}

/**
 * Drop-in of nfs-server.service. NFSv4.1 clients compare the server's scope, which the kernel takes from the host name of
 * the process that starts nfsd (RFC 8881, 2.10.4); both servers must show one name or clients refuse to reclaim.
 */
export function nfsScopeDropIn(scope: string): string {
  return [
    '[Service]',
    'ExecStart=',
    `ExecStart=/usr/bin/unshare --uts /bin/sh -c 'hostname ${scope} && exec /usr/sbin/rpc.nfsd'`,
    '',
  ].join('\n');
}

/** Units that keep files of /var/lib/nfs open; none may run while the replicated device moves. */
export const nfsUnits = [
  'nfs-server.service',
  'nfs-mountd.service',
  'nfs-idmapd.service',
  'nfsdcld.service',
  'rpc-statd-notify.service',
  'rpc-statd.service',
] as const;

/**
 * /etc/ha.d/resource.d/nfs-kernel-server, which heartbeat finds before the init script of that name. The init script of
 * Debian 12 hands over to systemd, whose `status` never says "running", and whose `stop` leaves statd and nfsdcld inside
 * the replicated file system, so that it cannot be unmounted.
 */
export const nfsResourceScript = `#!/bin/sh
# NFS server as a resource of heartbeat: start, stop, status.
say() {
	logger -t nfs-kernel-server -p local0.info "info: nfs-kernel-server $1"
}

case "$1" in
start)
	systemctl start nfs-server.service || exit 1
	say serving
	;;
stop)
	systemctl stop ${nfsUnits.join(' ')} || exit 1
	say stopped
	;;
status)
	threads=0
	[ -r /proc/fs/nfsd/threads ] && read -r threads </proc/fs/nfsd/threads
	if [ "$threads" -gt 0 ]; then
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
