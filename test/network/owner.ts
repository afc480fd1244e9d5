// A process that puts a rule in force and is killed by the test: `owner.ts {"sv01":123,...} {"network":...}`.
import { guestNetwork } from '../../lab/providers/vagrant/guest-network.ts';
import { macOf, namespaceMachine, topology } from './rig.ts';

const [pids, rule] = process.argv.slice(2).map((text): unknown => JSON.parse(text));
const network = guestNetwork({
  topology,
  machine: (name) => namespaceMachine(name, (pids as Record<string, number>)[name] ?? 0),
  macOf,
});
process.stdout.write(`${await network.addRule(rule as Parameters<typeof network.addRule>[0])}\n`);
setInterval(() => undefined, 1000);
