import type { PlanStep } from '../../lab/plan.ts';
import { flagSetting, numberSetting } from '../../lab/settings.ts';
import type { Secrets, Settings } from '../../lab/stack.ts';
import { authKeys } from './heartbeat.ts';
import type { HeartbeatTimes } from './heartbeat.ts';
import { file, run, wait } from './steps.ts';

/** What ha.cf takes from the settings. */
export function timesOf(settings: Settings): { times: HeartbeatTimes; autoFailback: boolean } {
  return {
    times: {
      keepalive: numberSetting(settings, 'keepalive'),
      deadtime: numberSetting(settings, 'deadtime'),
      warntime: numberSetting(settings, 'warntime'),
      initdead: numberSetting(settings, 'initdead'),
    },
    autoFailback: flagSetting(settings, 'autoFailback'),
  };
}

/** @throws TypeError when the caller made no secret authkeys: a known one would be worse than none */
export function authKeysStep(servers: readonly string[], secrets: Secrets): PlanStep {
  const secret = secrets['authkeys'];
  if (secret === undefined) throw new TypeError('no secret authkeys was given');
  return file(servers, '/etc/ha.d/authkeys', authKeys(secret), { mode: 0o600, secret: true });
}

/**
 * heartbeat's scripts write the beginning, the body and the end of a message into its FIFO one after the other, so that messages
 * can mix, or be taken for empty (https://github.com/ClusterLabs/resource-agents/issues/396). With auto_failback off the first
 * server takes its resources upon such a message, which is sent once.
 */
export function wholeMessagesStep(servers: readonly string[]): PlanStep {
  const file = '/etc/ha.d/shellfuncs';
  return run(
    servers,
    'Let heartbeat’s scripts send each message in one write',
    [
      `sed -i 's/^\\t(echo ">>>"; cat -; echo "<<<").*$/\\tmessage=$(cat); printf ">>>\\\\n%s\\\\n<<<\\\\n" "$message" >>"$HA_FIFO"/' ${file}`,
      `grep -q 'message=$(cat); printf' ${file}`,
    ],
    {
      why: 'As packaged they write a message piece by piece, and heartbeat can read one as "Message with zero fields". With auto_failback off the first server then never takes the service, for nobody asks again.',
    },
  );
}

export function startClusterSteps(servers: readonly string[]): PlanStep[] {
  return [restartSurvivesStep(servers), startStep(servers)];
}

/**
 * A heartbeat that sees its peer come back after a partition, or itself too late, replaces itself and goes on as a process of another
 * number. The packaged unit (Type=simple) takes that for the end of the service and runs its ExecStop, which stops the new one.
 */
function restartSurvivesStep(servers: readonly string[]): PlanStep {
  return file(
    servers,
    '/etc/systemd/system/heartbeat.service.d/lab.conf',
    '[Service]\nRemainAfterExit=yes\n',
    {
      why: 'heartbeat restarts itself after a partition. The packaged unit takes the new process for a leftover and stops it: after a split brain neither server would serve.',
    },
  );
}

function startStep(servers: readonly string[]): PlanStep {
  return run(
    servers,
    'Start DRBD and heartbeat, now and at every boot',
    [
      'systemctl daemon-reload',
      'systemctl is-enabled --quiet drbd.service || systemctl enable --no-reload drbd.service',
      'systemctl is-enabled --quiet heartbeat.service || systemctl enable --no-reload heartbeat.service',
      'systemctl start drbd.service',
      'systemctl restart heartbeat.service',
    ],
    { timeoutMs: 180_000 },
  );
}

/** Each server sees the other one. */
export function seeEachOther(servers: readonly string[]): PlanStep[] {
  const peerOf = (name: string): string => servers.find((each) => each !== name) ?? '';
  return servers.map((name) =>
    wait(
      [name],
      `${name} to see ${peerOf(name)} active`,
      `state=$(cl_status nodestatus ${peerOf(name)} 2>&1); echo "$state"; [ "$state" = active ]`,
    ),
  );
}
