import { expect } from 'chai';
import { UsageError } from '../../../lab/errors.ts';
import { parseFenceRequest, requestId } from '../../../lab/fabric/fence-request.ts';

describe('a request on the fence channel', () => {
  it('is an id, what to do, and with which server', () => {
    expect(parseFenceRequest('a1 list')).to.deep.equal({ id: 'a1', action: 'list' });
    for (const action of ['status', 'off', 'on', 'reboot'])
      expect(parseFenceRequest(`Q7 ${action} nfs01`)).to.deep.equal({ id: 'Q7', action, node: 'nfs01' });
  });

  const refused: [string, string][] = [
    ['a1', 'not a request'],
    ['a1 ', 'not a request'],
    ['a1 explode nfs01', 'not a request'],
    ['a1 REBOOT nfs01', 'not a request'],
    ['a1 list nfs01', 'not a request'],
    ['a1 reboot nfs01 now', 'not a request'],
    ['a1  reboot nfs01', 'not a request'],
    ['a1 reboot', 'reboot of which server?'],
    ['a1 off ../nfs01', 'off of which server?'],
    ['a1 off nfs01;reboot', 'off of which server?'],
    ['a1 status -nfs01', 'status of which server?'],
    ['-- reboot nfs01', 'not a request'],
    [`a1 status ${'n'.repeat(200)}`, 'not a request'],
  ];
  for (const [line, said] of refused)
    it(`is not ${JSON.stringify(line.slice(0, 40))}`, () => {
      expect(() => parseFenceRequest(line)).to.throw(UsageError, said);
    });

  it('can be answered only when its id can be told', () => {
    expect(requestId('a1 nonsense')).to.equal('a1');
    for (const line of ['', ' a1 list', 'a-1 list', `${'x'.repeat(33)} list`, '\u0000 list'])
      expect(requestId(line), line).to.equal(undefined);
  });
});
