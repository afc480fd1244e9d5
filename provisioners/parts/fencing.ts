import { fenceDevice } from '../../lab/fencing.ts';
import type { PlanStep } from '../../lab/plan.ts';
import { fenceAgent, fenceAgentPath } from './fence-agent.ts';
import type { Constraint, Primitive } from './pacemaker-cib.ts';
import { file, run } from './steps.ts';

/** The agent on every server, and the proof that the host answers it. */
export function fenceAgentSteps(servers: readonly string[]): PlanStep[] {
  return [
    file(servers, fenceAgentPath, fenceAgent, {
      mode: 0o755,
      why: 'Pacemaker finds its agents by their names, fence_*, in this folder.',
    }),
    run(servers, 'Ask the host for the servers that it can power off', [
      `test -c ${fenceDevice}`,
      `${fenceAgentPath} -o list`,
    ]),
  ];
}

export function fenceDeviceOf(server: string): string {
  return `fence-${server}`;
}

/** One device for each server; a device runs on a server that it is not to fence. */
export function fenceDevices(servers: readonly string[]): {
  resources: Primitive[];
  constraints: Constraint[];
} {
  return {
    resources: servers.map((server) => ({
      kind: 'primitive',
      id: fenceDeviceOf(server),
      agent: 'stonith:fence_lab',
      params: { pcmk_host_list: server, pcmk_host_check: 'static-list' },
      operations: [
        { name: 'start', interval: 0, timeout: 60 },
        { name: 'monitor', interval: 60, timeout: 60 },
      ],
    })),
    constraints: servers.map((server) => ({
      kind: 'ban',
      resource: fenceDeviceOf(server),
      node: server,
    })),
  };
}
