import { expect } from 'chai';
import { commandLine } from '../../../lab/cli/commands/ssh.ts';

describe('the command of lab ssh', () => {
  it('is taken literally as words, and as a command line when it is one', () => {
    expect(commandLine(['cat', '/a b', '$(reboot)'])).to.equal("cat '/a b' '$(reboot)'");
    expect(commandLine(['mount | grep drbd'])).to.equal('mount | grep drbd');
    expect(commandLine(["it's", 'here'])).to.equal("'it'\\''s' here");
  });
});
