import { expect } from 'chai';
import { HostError } from '../../../../lab/errors.ts';
import { VBoxManageRefusal, refusalOf, type Refused } from '../../../../lab/providers/virtualbox/refusal.ts';

/** As VirtualBox 7.2.22 printed them, first lines. */
const recorded: readonly (readonly [Refused, string])[] = [
  ['no such machine', "Could not find a registered machine named 'nosuch'"],
  ['busy', "The machine 'sv01' already has a lock request pending"],
  ['busy', 'The session is not locked (session state: Unlocked)'],
  ['busy', 'The object is not ready'],
  ['locked', "The machine 'a' is already locked by a session (or being locked or unlocked)"],
  ['locked', "The machine 'a' is already locked for a session (or being unlocked)"],
  ['locked', "Cannot unregister the machine 'a' while it is locked"],
  ['no such snapshot', "Could not find a snapshot named 'nosuch'"],
  ['no such snapshot', 'This machine does not have any snapshots'],
  ['wrong state', "Machine 'a' is not currently running."],
  ['wrong state', 'Already paused'],
  [
    'did not start',
    "The virtual machine 'sv01' has terminated unexpectedly during startup with exit code 1 (0x1)",
  ],
  ['did not start', 'NamedPipe#0 failed to connect to local socket /lab/a-b.serial (VERR_FILE_NOT_FOUND)'],
  ['other', 'Invalid NIC number 9'],
];

const details = `VBoxManage: error: Details: code E_FAIL (0x80004005), component ConsoleWrap, interface IConsole
VBoxManage: error: Context: "Pause()" at line 388 of file VBoxManageControlVM.cpp
`;

describe('a refusal of VBoxManage', () => {
  for (const [what, words] of recorded)
    it(`is ${what}: ${words}`, () => {
      const error = refusalOf('VBoxManage x a', `VBoxManage: error: ${words}\n${details}`, 1);
      expect(error).to.be.instanceOf(VBoxManageRefusal).with.property('what', what);
      expect(error.message).to.equal(`VBoxManage x a: ${words}`);
      if (what !== 'other') expect(error.hint).to.be.a('string');
    });

  it('is told by VirtualBox’ code where the words differ', () => {
    const words = `VBoxManage: error: Cannot resume the machine as it is not paused (machine state: Running)
VBoxManage: error: Details: code VBOX_E_INVALID_VM_STATE (0x80bb0002), component ConsoleWrap, interface IConsole
`;
    expect(refusalOf('x', words, 1)).to.have.property('what', 'wrong state');
  });

  for (const words of [
    "Please install the virtualbox-dkms package and execute 'modprobe vboxdrv' as root (VERR_VM_DRIVER_NOT_INSTALLED)",
    'Error -1908 in suplibOsInit! Kernel driver not installed',
  ])
    it(`is one of the host, with the way out, without its kernel module: ${words}`, () => {
      const error = refusalOf('VBoxManage startvm a', `VBoxManage: error: ${words}\n`, 1);
      expect(error).to.be.instanceOf(HostError);
      expect(error.hint).to.contain('modprobe vboxdrv').and.to.contain('/sbin/vboxconfig');
    });

  it('is one of the host when the files of a machine are gone', () => {
    const error = refusalOf(
      'VBoxManage showvminfo a',
      'VBoxManage: error: The object functionality is limited\n',
      1,
    );
    expect(error).to.be.instanceOf(HostError);
    expect(error.hint).to.contain('unregistervm');
  });

  it('is told without the progress that goes to the same stream', () => {
    const stderr =
      '0%...10%...20%...30%...40%...50%...60%...70%...80%...90%...100%\nVBoxManage: error: Already paused\n';
    expect(refusalOf('x', stderr, 1).message).to.equal('x: Already paused');
    expect(refusalOf('x', '0%...10%...VBoxManage: error: disk full\n', 1).message).to.contain('disk full');
  });

  it('without words has its status', () => {
    expect(refusalOf('VBoxManage x', '', 2).message).to.equal('VBoxManage x: status 2');
    expect(refusalOf('VBoxManage x', '\n', undefined).message).to.equal('VBoxManage x: status unknown');
  });
});
