/**
 * A script of /etc/ha.d/resource.d, which heartbeat finds before an init script of that name. `start` and `stop` are shell
 * commands that leave with a status when they fail, `isRunning` is one whose status answers. heartbeat looks for the words
 * "running" and "stopped". What the script tells through syslog, heartbeat-log.ts understands.
 */
export function heartbeatResource(script: {
  name: string;
  comment: string;
  start: string;
  stop: string;
  isRunning: string;
}): string {
  return `#!/bin/sh
# ${script.comment}
say() {
	logger -t ${script.name} -p local0.info "info: ${script.name} $1"
}

case "$1" in
start)
	${script.start}
	say serving
	;;
stop)
	${script.stop}
	say stopped
	;;
status)
	if ${script.isRunning}; then
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
}
