import { numberSetting } from '../../lab/settings.ts';
import type { Settings } from '../../lab/stack.ts';
import { heartbeatTime } from './heartbeat.ts';

/** A line of ha.cf that an article lacks: only where the setting is not what heartbeat does without one. */
export function differing(settings: Settings, name: string, standard: number): Record<string, string> {
  const value = numberSetting(settings, name);
  return value === standard ? {} : { [name]: heartbeatTime(value) };
}
