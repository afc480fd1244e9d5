import { pacemakerHandlers } from '../parts/drbd.ts';
import type { DrbdFencing } from '../parts/drbd.ts';

/** Sections that the article lacks: a rate of the resync stands where DRBD 8.4 has it, and only when one is asked for. */
function diskAndHandlers(rateMib: number, fencing: DrbdFencing): string {
  const disk = [
    ...(rateMib === 0 ? [] : [`resync-rate ${String(rateMib)}M; c-plan-ahead 0;`]),
    ...(fencing === 'dont-care' ? [] : [`fencing ${fencing};`]),
  ];
  const handlers = fencing === 'dont-care' ? [] : Object.entries(pacemakerHandlers);
  return [
    ...(disk.length === 0 ? [] : [`    disk { ${disk.join(' ')} }`]),
    ...(handlers.length === 0
      ? []
      : ['    handlers {', ...handlers.map(([event, command]) => `        ${event} "${command}";`), '    }']),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The article's files, character by character where no setting changes them. */
export const periodFiles = {
  hosts: `127.0.0.1     localhost localhost.localdomain localhost4 localhost4.localdomain4
::1           localhost localhost.localdomain localhost6 localhost6.localdomain6
192.168.33.11 sv01
192.168.33.12 sv02
192.168.33.21 nfs01
192.168.33.22 nfs02
192.168.33.20 nfsvip
`,

  resource: (protocol: string, rateMib: number, fencing: DrbdFencing): string => `resource nfs
{
    protocol ${protocol};
    device /dev/drbd0;
    meta-disk internal;
${diskAndHandlers(rateMib, fencing)}
    on nfs01 {
        address 192.168.33.21:7791;
        disk /dev/loop0;
    }

    on nfs02 {
        address 192.168.33.22:7791;
        disk /dev/loop0;
    }
}
`,

  corosyncConf: (tokenMs: number): string => `totem {
    version: 2
    crypto_cipher: none
    crypto_hash: none
    token: ${String(tokenMs)}
    rrp_mode: active
    transport: udpu

    interface {
        ringnumber: 0
        bindnetaddr: 192.168.33.0
        mcastaddr: 239.255.1.1
        mcastport: 5405
    }
}

logging {
    timestamp: on
    debug: off
    to_stderr: no
    to_syslog: no
    to_logfile: yes
    logfile: /var/log/cluster/corosync.log
}

nodelist {
    node {
        ring0_addr: 192.168.33.21
        nodeid: 1
    }
    node {
        ring0_addr: 192.168.33.22
        nodeid: 2
    }
}

quorum {
    provider: corosync_votequorum
    two_node: 1
}
`,
} as const;
