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

  /** The syncer's rate stands where DRBD 8.4 has it, and only when one is asked for. */
  resource: (protocol: string, rateMib: number): string => `resource nfs
{
    protocol ${protocol};
    device /dev/drbd0;
    meta-disk internal;
${rateMib === 0 ? '' : `    disk { resync-rate ${String(rateMib)}M; c-plan-ahead 0; }\n`}
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
