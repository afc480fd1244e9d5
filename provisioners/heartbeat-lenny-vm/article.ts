/** Section titles of the article, as it prints them. */
export const section = {
  project: 'Projektbeschreibung',
  approaches: 'Lösungsansätze',
  system: 'Grundsystem',
  drbd: 'DRBD',
  heartbeat: 'Heartbeat',
  vmware: 'VMware',
  trouble: 'Fehlervermeidung und -behebung',
} as const;
