// A runner that injects one fault and then waits to be killed: inject.ts HOME CASES INDEX TTL injected|proven
import type { FaultCase } from './fault-case.ts';
import { attach } from '../../lab/run.ts';
import { pause } from '../../lab/wait.ts';
import { specIn } from './spec.ts';

const [home = '', file = '', index = '0', ttlMs = '0', until = ''] = process.argv.slice(2);
const never = new AbortController().signal;
const { cases } = (await import(`./faults/${file}`)) as { cases: FaultCase[] };
const chosen = cases[Number(index)];
if (chosen === undefined) throw new Error(`${file} has no case ${index}`);
const lab = await attach(specIn(home), never);
const { node } = chosen;
const fault = chosen.make({ ttlMs: Number(ttlMs), provenWithinMs: 60_000 });
const context = {
  lab,
  node,
  consoleFromByte: await lab.consoleBytes(node),
  signal: never,
  tell: () => undefined,
};
await fault.inject(context);
if (until === 'proven') await fault.proven(context);
process.stdout.write('done\n');
await pause(600_000);
