/** Section titles of the article, as it prints them. */
export const section = {
  introduction: '0 Einleitung',
  setup: '1 Mein Setup',
  base: '2 Basis-Installation von server1 und server2',
  time: '3 Synchronisation der System-Zeit',
  nfs: '4 Installation des NFS Servers',
  drbdInstall: '5 Installation von DRBD',
  drbdSetup: '6 Konfiguration von DRBD',
  nfsState: '7 Eine weitere NFS Konfiguration',
  heartbeat: '8 Installation und Konfiguration von heartbeat',
  tests: '9 Erste Tests',
  client: '10 Konfiguration des NFS Clients',
} as const;
