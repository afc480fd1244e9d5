import { qemuProvider } from '../../lab/providers/qemu.ts';
import type { LabSpec } from '../../lab/run/spec.ts';
import { resolveSettings } from '../../lab/settings.ts';
import { heartbeatSarge } from '../../provisioners/heartbeat-sarge.ts';

/** The lab of the contract tests: a stack whose failover needs few processes. */
export function specIn(home: string): LabSpec {
  return {
    home,
    name: 'contract',
    stack: heartbeatSarge,
    edition: 'current',
    settings: resolveSettings(heartbeatSarge, 'current', {}),
    provider: qemuProvider({ home }),
  };
}
