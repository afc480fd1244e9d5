import { messageOf } from '../errors.ts';
import type { Lab } from '../provider.ts';
import type { FinalState, RunRecord } from '../record.ts';
import { shellQuote } from '../quote.ts';
import type { LabSpec } from './spec.ts';

/** The state in which the scenario left the lab, thoroughly looked at. */
export async function gatherFinalState(
  spec: LabSpec,
  lab: Lab,
  expectedActive: string,
  replicas: FinalState['replicas'],
  signal: AbortSignal,
): Promise<FinalState> {
  const health = await spec.stack.health(lab, spec.settings, { thorough: true, signal });
  return { active: await spec.stack.active(lab), expectedActive, health, replicas };
}

/** What the stack's command prints on each node, as `name version` lines; a node that does not answer has none. */
export async function readVersions(lab: Lab, command: string): Promise<RunRecord['versions']> {
  const entries = await Promise.all(
    lab.machines.map(async (machine) => {
      const result = await machine
        .exec(command, { allowFailure: true, timeoutMs: 60_000 })
        .catch(() => undefined);
      const lines = (result?.stdout ?? '').split('\n').map((line) => /^(\S+)\s+(.+)$/.exec(line.trim()));
      const versions = lines.flatMap((found) =>
        found?.[1] === undefined || found[2] === undefined ? [] : [[found[1], found[2]] as const],
      );
      return [machine.name, Object.fromEntries(versions)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

const keptBytes = 2_000_000;

/** Console and log files of every node, by the name they get beside the record. */
export async function keepLogs(lab: Lab, paths: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  await Promise.all(
    lab.machines.map(async (machine) => {
      files.set(`nodes/${machine.name}/console.log`, await lab.console(machine.name, 2000));
      for (const path of paths) {
        const name = `nodes/${machine.name}/${path.split('/').at(-1) ?? 'log'}`;
        try {
          const { stdout } = await machine.exec(
            `[ ! -r ${shellQuote(path)} ] || tail -c ${String(keptBytes)} ${shellQuote(path)}`,
            { timeoutMs: 30_000 },
          );
          if (stdout !== '') files.set(name, stdout);
        } catch (error) {
          // A node that does not answer once would keep everybody waiting for each of its files.
          files.set(name, `could not be read: ${messageOf(error)}\n`);
          return;
        }
      }
    }),
  );
  return files;
}
