/** Section titles of the article, as it prints them, without the colon behind. */
export const section = {
  principle: '1.1 Principe de fonctionnement',
  background: '1.2 Background technique',
  drbdInstall: '2.1 Installation des différents composants',
  drbdSetup: '2.2 Configuration de DRBD',
  drbdInit: '2.3 Initialisation des réplicas',
  drbdTest: '2.4 Validation du fonctionnement',
  heartbeat: '3.1 Installation est configuration',
  tests: '3.2 Test de fonctionnement',
  conclusion: '4. Conclusion',
} as const;
