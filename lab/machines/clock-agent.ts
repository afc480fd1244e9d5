import { hostNowMs } from '../clock.ts';
import { RigError, TimeoutError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import { shellQuote } from '../quote.ts';

const clockAgent =
  'exec perl -MTime::HiRes=clock_gettime,CLOCK_REALTIME,CLOCK_MONOTONIC -e ' +
  shellQuote(
    '$|=1; while(<STDIN>){ printf "%.3f %.3f\\n", clock_gettime(CLOCK_REALTIME)*1e3, clock_gettime(CLOCK_MONOTONIC)*1e3 }',
  );

/** A small program on a node that tells its clocks when asked. */
export interface ClockAgent {
  read(): Promise<{ sentMs: number; receivedMs: number; wallMs: number; monotonicMs: number }>;
  end(): void;
}

export async function startClockAgent(machine: Pick<Machine, 'name' | 'stream'>): Promise<ClockAgent> {
  let deliver: ((line: string, receivedMs: number) => void) | undefined;
  let giveUp: () => void = () => undefined;
  let lost = false;
  const running = await machine.stream(clockAgent, (line, hostMs) => deliver?.(line, hostMs));
  void running.ended.then(() => {
    lost = true;
    giveUp();
  });
  let turn: Promise<unknown> = Promise.resolve();
  const readOnce = (): Promise<{ sentMs: number; receivedMs: number; wallMs: number; monotonicMs: number }> =>
    new Promise((resolve, reject) => {
      giveUp = () => {
        clearTimeout(timer);
        deliver = undefined;
        reject(new RigError(`${machine.name}: the clock agent is gone`));
      };
      const timer = setTimeout(() => {
        deliver = undefined;
        reject(new TimeoutError(`${machine.name} to tell its clock`, 10_000, 'no answer'));
      }, 10_000);
      if (lost) {
        giveUp();
        return;
      }
      const sentMs = hostNowMs();
      deliver = (line, receivedMs) => {
        clearTimeout(timer);
        deliver = undefined;
        const [wallMs, monotonicMs] = line.split(' ').map(Number);
        if (wallMs === undefined || monotonicMs === undefined || !Number.isFinite(wallMs + monotonicMs))
          reject(new RigError(`${machine.name}: its clock answered ${JSON.stringify(line)}`));
        else resolve({ sentMs, receivedMs, wallMs, monotonicMs });
      };
      running.write('\n');
    });
  return {
    read: () => {
      const result = turn.then(readOnce, readOnce);
      turn = result.catch(() => undefined);
      return result;
    },
    end: () => {
      void running.stop(1000);
    },
  };
}
