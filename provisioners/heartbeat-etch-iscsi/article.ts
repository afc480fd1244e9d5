/** Section titles of the article, as it prints them, without the colon behind. */
export const section = {
  motivation: 'Motivation',
  goal: 'Goal',
  requirements: 'Requirements',
  base: 'Installing the HA-CLUSTER (MASTER/SLAVE)',
  time: 'Synchronize System Time',
  nfs: 'High-Available NFS-Server',
  drbdInstall: 'Install DRBD',
  drbdSetup: 'Configure DRBD',
  heartbeat: 'Install And Configure heartbeat',
  tests: 'First Tests',
  packages: 'Install further needed packages',
  mysql: 'Prepare mySQL',
  bonding: 'Setup NIC-Bonding',
  target: 'ISCSI-Target',
  initiator: 'ISCSI-Initiator',
} as const;
