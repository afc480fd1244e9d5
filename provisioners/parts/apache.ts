/** A site of Apache 2.4 below one folder, with one folder in it that takes uploads from a network. */
export function apacheSite(site: {
  name: string;
  documentRoot: string;
  uploads: string;
  network: string;
}): string {
  return [
    '<VirtualHost *:80>',
    `  ServerName ${site.name}`,
    `  DocumentRoot ${site.documentRoot}`,
    `  <Directory ${site.documentRoot}>`,
    '    Require all granted',
    '  </Directory>',
    `  <Directory ${site.documentRoot}${site.uploads}>`,
    '    Dav On',
    `    Require ip ${site.network}`,
    '  </Directory>',
    '</VirtualHost>',
    '',
  ].join('\n');
}

/**
 * /etc/ha.d/resource.d/apache2, which heartbeat finds before the init script of that name. What the init script of Debian 12
 * says of a running server holds lines of the journal, among them "Stopped" of an earlier stop, and heartbeat searches
 * those words for its answer. `start` returns when the port is open (state 0A of /proc/net/tcp is LISTEN).
 */
export const apacheResourceScript = `#!/bin/sh
# Apache as a resource of heartbeat: start, stop, status.
say() {
	logger -t apache2 -p local0.info "info: apache2 $1"
}

running() {
	[ -r /run/apache2/apache2.pid ] && read -r pid </run/apache2/apache2.pid && [ -d "/proc/$pid" ]
}

listening() {
	grep -q ':0050 0*:0000 0A ' /proc/net/tcp /proc/net/tcp6
}

case "$1" in
start)
	systemctl start apache2.service || exit 1
	looks=0
	until listening; do
		looks=$((looks + 1))
		[ "$looks" -le 300 ] || exit 1
		sleep 0.1
	done
	say serving
	;;
stop)
	systemctl stop apache2.service || exit 1
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
	echo "usage: $0 start|stop|status" >&2
	exit 1
	;;
esac
exit 0
`;
