/** Sentences of period editions: where the machines that `lab vagrantfile` makes differ from an article's. */

export const cardsOfVagrant =
  'On machines of lab vagrantfile the first card, eth0, is Vagrant’s own: each card there has a number one higher than in these files.';

/** The first port is the console (lab/topology.ts). */
export const serialPortOfVagrant =
  'on machines of lab vagrantfile the cable is in the second ports, /dev/ttyS1';
