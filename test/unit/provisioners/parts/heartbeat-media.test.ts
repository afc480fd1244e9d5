import { expect } from 'chai';
import { resolveSettings } from '../../../../lab/settings.ts';
import type { Stack } from '../../../../lab/stack.ts';
import { UsageError } from '../../../../lab/errors.ts';
import { heartbeatEtchApache } from '../../../../provisioners/heartbeat-etch-apache.ts';
import { heartbeatSarge } from '../../../../provisioners/heartbeat-sarge.ts';
import { serialLineTerms } from '../../../../provisioners/parts/heartbeat-media.ts';

const withLine = { 'heartbeat.media': 'eth+serial' };

describe('a serial line for heartbeat', () => {
  const tooQuick: [Stack, string, string][] = [
    [heartbeatSarge, '100ms', '110ms'],
    [heartbeatEtchApache, '200ms', '220ms'],
  ];
  for (const [stack, refused, accepted] of tooQuick)
    it(`is not given more heartbeats than it carries (${stack.name})`, () => {
      const resolved = (keepalive: string, more: Record<string, string> = withLine): unknown =>
        resolveSettings(stack, 'current', { keepalive, ...more });
      expect(() => resolved(refused)).to.throw(UsageError, /heartbeat.media=eth\+serial and keepalive=0\.\d/);
      expect(() => resolved(accepted)).not.to.throw();
      expect(() => resolved(refused, {})).not.to.throw();
    });

  it('delays detection by the way of one heartbeat, and only where there is one', () => {
    const terms = (overrides: Record<string, string>): unknown =>
      serialLineTerms(resolveSettings(heartbeatSarge, 'current', overrides), 9600).map(
        (term) => `${term.name} ${term.seconds.toFixed(3)}`,
      );
    expect(terms(withLine)).to.deep.equal(['serial line 0.208']);
    expect(terms({})).to.deep.equal([]);
  });
});
