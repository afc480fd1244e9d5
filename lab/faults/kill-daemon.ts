import type { Daemon } from '../anatomy.ts';
import type { Fault } from '../fault.ts';
import { shellQuote } from '../quote.ts';
import { defaultTtlMs, type FaultBounds } from './parts/bounds.ts';
import { strike, undo } from './parts/guest-deed.ts';
import { untilItSays } from './parts/looks.ts';

const restoredWithinMs = 180_000;

/**
 * Every process of a daemon gets a signal at once: KILL ends it without a word, STOP leaves it there, alive to the kernel and
 * deaf to all others.
 */
export function killDaemon(
  { process: name, service, startsAlone }: Daemon,
  signal: 'KILL' | 'STOP' = 'KILL',
  { ttlMs = defaultTtlMs, provenWithinMs = 30_000 }: FaultBounds = {},
): Fault {
  const id = `kill-daemon-${signal.toLowerCase()}-${name}`;
  const pids = `/run/lab-faults/${id}.pids`;
  const process = shellQuote(name);
  const unit = shellQuote(service);
  /** One word for each process that was struck: its state, or `gone`. */
  const states = `[ -s ${pids} ] && for pid in $(cat ${pids}); do s=$(sed -n 's/^State:[^A-Za-z]*\\(.\\).*/\\1/p' /proc/$pid/status 2>/dev/null); echo "\${s:-gone}"; done`;
  const struck = signal === 'KILL' ? ['gone', 'Z', 'X'] : ['T'];
  return {
    name: 'kill-daemon',
    title: `${name} gets SIG${signal}`,
    needs: [],
    ttlMs,

    inject: async (context) => {
      await strike(context, {
        id,
        strike: [`pgrep -x ${process} > ${pids}`, `kill -${signal} $(cat ${pids})`].join('\n'),
        undo:
          signal === 'STOP'
            ? `pkill -CONT -x ${process}; :`
            : // What it held before is released in order by its own stop, as far as that still works.
              `pgrep -x ${process} >/dev/null || systemctl ${startsAlone === true ? 'start' : 'restart'} --no-block ${unit}`,
        ttlMs,
      });
    },

    proven: async (context) => {
      const { node } = context;
      const answer = await untilItSays(
        context,
        `${name} of ${node} to be ${signal === 'KILL' ? 'gone' : 'stopped'}`,
        states,
        (told) => told !== '' && told.split('\n').every((state) => struck.includes(state)),
        provenWithinMs,
      );
      const count = answer.split('\n').length;
      const processes =
        count === 1 ? `${name} of ${node} is` : `${String(count)} ${name} processes of ${node} are`;
      return { proof: [`${processes} ${signal === 'KILL' ? 'gone' : 'in state T'} (its own kernel)`] };
    },

    heal: async (context) => {
      await undo(context, id);
      await context.lab.machine(context.node).exec(`rm -f ${pids}`);
    },

    healed: async (context) => {
      await untilItSays(
        context,
        `${name} of ${context.node} to run`,
        `for pid in $(pgrep -x ${process}); do sed -n 's/^State:[^A-Za-z]*\\(.\\).*/\\1/p' /proc/$pid/status; done`,
        (told) => told !== '' && told.split('\n').every((state) => !['T', 'Z', 'X'].includes(state)),
        restoredWithinMs,
      );
    },
  };
}
