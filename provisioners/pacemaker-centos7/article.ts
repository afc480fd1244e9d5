/** Section titles of the article, as it prints them. */
export const section = {
  machines: 'Vagrant',
  packages: 'パッケージのインストール',
  drbd: 'DRBD',
  corosync: 'Corosync',
  pacemaker: 'Pacemaker',
  clients: 'クライアントからマウント',
  failure: '障害発生',
  monitorStarts: 'ノード起動時の monitor で NFS Server が開始してしまう問題',
  cloned: 'nfsserver はクローンリソースでも良い?',
} as const;
