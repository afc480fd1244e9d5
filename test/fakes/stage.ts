import type { Anatomy } from '../../lab/anatomy.ts';
import type { Stage } from '../../lab/scenario.ts';

const order = (title: string) => (node: string) => ({ node, title: `${title} ${node}`, command: title });

export const fakeAnatomy: Anatomy = {
  networks: { service: 'lan', replication: 'lan', heartbeat: ['lan'] },
  clusterService: 'heartbeat',
  revive: order('revive'),
  fences: false,
  bootAlone: { waitMs: 30_000, from: 'initdead' },
  daemons: [
    { process: 'heartbeat', service: 'heartbeat' },
    { process: 'rpc.mountd', service: 'nfs-mountd' },
    { process: 'corosync', service: 'pacemaker' },
    { process: 'pacemakerd', service: 'pacemaker' },
    { process: 'apache2', service: 'apache2' },
    { process: 'tgtd', service: 'tgt' },
  ],
  replication: {
    tcpPort: 7788,
    stateCommand: 'cat /proc/drbd',
    silenceMs: 10_500,
    backingDisk: 'lab-data',
    mountPoint: '/data',
    reattach: order('reattach'),
    discard: (victim, survivor) => [order('discard')(victim), order('connect')(survivor)],
  },
  clientReturns: order('mount'),
  moves: { standby: order('standby'), takeover: order('takeover') },
};

/** A stage that writes down what the scenario says. */
export function toldStage(changes: Partial<Stage> = {}): { stage: Stage; said: string[] } {
  const said: string[] = [];
  const say =
    (what: string) =>
    (...args: unknown[]): Promise<void> => {
      said.push([what, ...args.filter((arg) => ['string', 'number'].includes(typeof arg))].join(' '));
      return Promise.resolve();
    };
  const stage: Stage = {
    settings: {},
    patience: { takeoverMs: 1, redundancyMs: 2, failbackMs: 3 },
    anatomy: () => fakeAnatomy,
    nicsOf: () => ['eth1'],
    detectionMs: 10_000,
    failsBack: true,
    clients: ['sv01', 'sv02'],
    baseline: say('baseline'),
    active: () => Promise.resolve('nfs02'),
    peerOf: (node) => (node === 'nfs01' ? 'nfs02' : 'nfs01'),
    inject: async ({ title }, node) => {
      await say(`inject: ${title}`)(node);
      return { elapsedMs: 1800 };
    },
    heal: async ({ title }, node) => {
      await say(`heal: ${title}`)(node);
    },
    window: async ({ name, from, cause, outageMs }, during) => {
      said.push(`window ${name} ${from} ${cause} ${String(outageMs)}`);
      await during();
      said.push('end of window');
    },
    clientsWrite: say('clientsWrite'),
    serviceOn: say('serviceOn'),
    settled: async () => {
      await say('settled')();
      return 'nfs02';
    },
    bothActive: say('bothActive'),
    order: async ({ title }) => {
      await say(`order: ${title}`)();
    },
    see: async ({ node, what }) => {
      await say(`see: ${what}`)([node].flat().join(' '));
      return '';
    },
    redundant: say('redundant'),
    caughtUp: say('caughtUp'),
    observe: say('observe'),
    writerReturns: say('writerReturns'),
    ...changes,
  };
  return { stage, said };
}
